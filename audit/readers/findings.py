"""What the importer can find odd: stable codes with what they mean and what to do about them.

A code never changes its meaning. Codes stand in `Finding.code` (the dialogue is kept) and in
`Rejected.code` (the record is not); which of the two is said in the text.
"""

from __future__ import annotations

UNKNOWN_ROLE = "IMP001"
SWAPPED_ROLES = "IMP002"
OPERATOR_UNNAMED = "IMP003"
TIME_ORDER = "IMP004"
DUPLICATE_ID = "IMP005"
NO_TURNS = "IMP006"
BAD_TIME = "IMP007"
MIXED_ENCODING = "IMP008"
MOJIBAKE = "IMP009"
TOO_LARGE = "IMP010"
UNKNOWN_KIND = "IMP011"
BROKEN_JSON = "IMP012"
MISSING_VALUE = "IMP013"
LONG_TEXT = "IMP014"
SCATTERED_ROWS = "IMP015"
ONE_SIDED = "IMP016"
WRONG_TYPE = "IMP017"
ROLES_ASSUMED = "IMP018"
BROKEN_ROW = "IMP019"
REPLACED_CHARS = "IMP020"
NO_DATE = "IMP021"
UNREADABLE = "IMP022"
NO_SPEAKER = "IMP023"
FILLED_DOWN = "IMP024"
CUT_CELL = "IMP025"
NO_ID_COLUMN = "IMP026"

FINDINGS: dict[str, dict[str, str]] = {
    UNKNOWN_ROLE: {
        "ru": (
            "Роль автора неизвестна: слова такой роли нет в таблице, и по имени её не вывести. Реплика "
            "оставлена с ролью unknown и ни на кого не записана. Что делать: укажите роль ключом --role "
            "«КТО=operator» или в map.yaml, roles."
        ),
        "en": (
            "The author's role is unknown: its word is not in the table and the name does not tell. The turn is"
            " kept as unknown and counts for nobody. What to do: give the role with --role WHO=operator or in "
            "map.yaml, roles."
        ),
    },
    SWAPPED_ROLES: {
        "ru": (
            "Похоже, роли перепутаны: «клиент» здоровается, представляет компанию или предлагает помощь. Ничего"
            " не переставлено. Что делать: проверьте выгрузку; поменять: --role client=operator --role "
            "operator=client."
        ),
        "en": (
            "The roles seem swapped: the “client” greets, introduces a company or offers help. Nothing was "
            "changed. What to do: look at the export; to swap: --role client=operator --role operator=client."
        ),
    },
    OPERATOR_UNNAMED: {
        "ru": (
            "У реплик оператора нет ни имени, ни id: в отчёте он будет «без имени», и разных операторов не "
            "различить. Что делать: добавьте в выгрузку столбец с именем или id оператора."
        ),
        "en": (
            "Operator turns have neither name nor id: the report says “unnamed”, and operators cannot be told "
            "apart. What to do: add a column with the operator's name or id to the export."
        ),
    },
    TIME_ORDER: {
        "ru": (
            "Времена реплик идут не по порядку. В JSONL порядок оставлен как есть; строки таблицы переставлены "
            "по времени (detail: sorted). Что делать: проверьте сортировку выгрузки и часовые пояса."
        ),
        "en": (
            "Times of turns are out of order. JSONL is left as it is; rows of a table are sorted by time "
            "(detail: sorted). What to do: check how the export is sorted and its time zones."
        ),
    },
    DUPLICATE_ID: {
        "ru": ("Диалог с таким id уже был. Читаются оба. Что делать: уберите повтор или дайте разные id."),
        "en": (
            "A dialogue with this id was read before. Both are kept. What to do: remove the copy or give other ids."
        ),
    },
    NO_TURNS: {
        "ru": ("В диалоге нет ни одной реплики: оценивать нечего. Что делать: проверьте, выгружены ли сообщения."),
        "en": ("The dialogue has no turns: nothing can be judged. What to do: check that messages were exported."),
    },
    BAD_TIME: {
        "ru": (
            "Время не распознано; у реплики его нет, проверки времени дают na. Что делать: ISO 8601 или "
            "ДД.ММ.ГГГГ ЧЧ:ММ:СС; другой формат задаётся в map.yaml, time_format."
        ),
        "en": (
            "The time was not understood; the turn has none, time checks give na. What to do: use ISO 8601 or "
            "DD.MM.YYYY HH:MM:SS; another format is set in map.yaml, time_format."
        ),
    },
    MIXED_ENCODING: {
        "ru": ("Строка не в кодировке файла и прочитана как cp1251. Что делать: сохраните файл целиком в UTF-8."),
        "en": (
            "A line is not in the file's encoding and was read as cp1251. What to do: save the whole file as UTF-8."
        ),
    },
    MOJIBAKE: {
        "ru": (
            "Текст похож на «кракозябры»: его когда-то прочли не в той кодировке. Текст не изменён. Что делать:"
            " повторите выгрузку или задайте кодировку ключом --encoding."
        ),
        "en": (
            "The text looks like mojibake: it was once read in a wrong encoding. The text is not changed. What "
            "to do: export again, or set --encoding."
        ),
    },
    TOO_LARGE: {
        "ru": (
            "Запись больше предела (по умолчанию 2 000 000 байт на строку, 10 000 реплик на диалог) и "
            "отброшена. Что делать: разделите её; пределы заданы в ReadOptions."
        ),
        "en": (
            "The record is over the limit (by default 2,000,000 bytes a line, 10,000 turns a dialogue) and was "
            "rejected. What to do: split it; the limits are in ReadOptions."
        ),
    },
    UNKNOWN_KIND: {
        "ru": (
            "Неизвестный вид реплики (kind); взято text. Что делать: text, auto, note, event или file; свои "
            "слова переводятся в map.yaml, kinds."
        ),
        "en": (
            "Unknown kind of turn; taken as text. What to do: use text, auto, note, event or file; translate "
            "other words in map.yaml, kinds."
        ),
    },
    BROKEN_JSON: {
        "ru": (
            "Строка — не JSON или не объект; запись отброшена. Что делать: один объект на строку, без запятой в конце."
        ),
        "en": (
            "The line is not JSON or not an object; the record was rejected. What to do: one object a line, no "
            "comma after it."
        ),
    },
    MISSING_VALUE: {
        "ru": (
            "Нет обязательного значения (id диалога, turns, роль или текст); запись отброшена. Что делать: "
            "заполните его."
        ),
        "en": (
            "A required value is missing (dialogue id, turns, role or text); the record was rejected. What to "
            "do: fill it."
        ),
    },
    LONG_TEXT: {
        "ru": ("Реплика длиннее 20 000 знаков. Она не обрезана. Что делать: проверьте, не склеены ли сообщения."),
        "en": (
            "A turn is over 20,000 characters. It is not cut. What to do: check that messages were not glued together."
        ),
    },
    SCATTERED_ROWS: {
        "ru": ("Строки диалога стоят в файле не подряд; они собраны вместе. Что делать: ничего, если id верны."),
        "en": (
            "The dialogue's rows are not next to each other; they were put together. What to do: nothing, if "
            "ids are right."
        ),
    },
    ONE_SIDED: {
        "ru": ("Говорит только одна сторона. Что делать: проверьте роли и полноту выгрузки."),
        "en": ("Only one side speaks. What to do: check the roles and that the export is complete."),
    },
    WRONG_TYPE: {
        "ru": (
            "Значение не того типа. Обязательное: запись отброшена; необязательное: пропущено. Что делать: см. формат."
        ),
        "en": (
            "A value is of the wrong type. Required: the record was rejected; optional: it was left out. What "
            "to do: see the format."
        ),
    },
    ROLES_ASSUMED: {
        "ru": (
            "Роли предположены: из двух авторов один здоровается и предлагает помощь, он принят за оператора. "
            "Что делать: проверьте; задать явно: --role «Анна=operator»."
        ),
        "en": (
            "The roles are an assumption: of two authors one greets and offers help and is taken for the "
            "operator. What to do: check; set it with --role Anna=operator."
        ),
    },
    BROKEN_ROW: {
        "ru": (
            "Строка таблицы не разбирается: кавычка не закрыта или столбцов больше, чем в заголовке; строка "
            "отброшена, чтение идёт дальше. Что делать: исправьте её или сохраните файл заново."
        ),
        "en": (
            "A row cannot be parsed: an unterminated quote, or more columns than the header; the row was "
            "rejected and reading goes on. What to do: mend the row or save the file again."
        ),
    },
    REPLACED_CHARS: {
        "ru": (
            "Недопустимые знаки (NUL, половины суррогатных пар, неверные байты) заменены на U+FFFD. Что делать: ничего."
        ),
        "en": ("Invalid characters (NUL, lone surrogates, bad bytes) were replaced with U+FFFD. What to do: nothing."),
    },
    NO_DATE: {
        "ru": (
            "Есть время, но нет даты; дата взята 1970-01-01, верны только промежутки. Что делать: дату можно "
            "дать в заголовке диалога, в имени файла или в map.yaml, date."
        ),
        "en": (
            "There are times but no date; 1970-01-01 is used, only differences are right. What to do: give the "
            "date in the dialogue's header, the file's name or map.yaml, date."
        ),
    },
    UNREADABLE: {
        "ru": ("Файл нельзя прочесть; остальные прочитаны. Что делать: см. подробности."),
        "en": ("The file cannot be read; the others were. What to do: see the detail."),
    },
    NO_SPEAKER: {
        "ru": (
            "Строки текста до первого автора или без авторов не отнести ни к кому; они отброшены. Что делать: "
            "«Оператор: …»."
        ),
        "en": (
            "Lines of text before the first speaker, or without one, belong to nobody; they were rejected. What"
            " to do: write “Operator: …”."
        ),
    },
    FILLED_DOWN: {
        "ru": (
            "Пустой id диалога взят из строки выше, как в объединённых ячейках. Что делать: проверьте границы диалогов."
        ),
        "en": (
            "An empty dialogue id was taken from the row above, as in merged cells. What to do: check where "
            "dialogues end."
        ),
    },
    CUT_CELL: {
        "ru": ("Ячейка занимает ровно 32 767 знаков: Excel обрезал текст. Что делать: выгрузите в CSV."),
        "en": ("A cell has exactly 32,767 characters: Excel cut the text. What to do: export to CSV."),
    },
    NO_ID_COLUMN: {
        "ru": ("Столбца с id диалога нет: весь лист прочитан как один диалог. Что делать: задайте столбец в map.yaml."),
        "en": (
            "There is no dialogue id column: the whole sheet was read as one dialogue. What to do: name it in map.yaml."
        ),
    },
}
