"""Who is who: role words, roles given by the user, and the tell-tales of an operator's first words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from audit.errors import UsageError
from audit.model import KINDS, ROLES
from audit.readers.options import ReadOptions

_WORDS = {
    "operator": "operator оператор менеджер сотрудник сотрудница агент консультант специалист поддержка техподдержка "
    "саппорт администратор админ модератор employee agent manager support consultant specialist staff admin "
    "operatora konsultants menedžeris darbinieks atbalsts speciālists outgoing out исходящее исходящий исх "
    "to_client",
    "client": "client клиент клиентка посетитель гость покупатель пользователь заказчик абонент customer visitor "
    "guest user buyer enduser end-user requester contact human klients klente pircējs apmeklētājs viesis lietotājs "
    "incoming in входящее входящий вх from_client",
    "bot": "bot бот робот чат-бот чатбот chatbot assistant robot virtual-assistant ассистент robots robotizēts",
    "system": "system система системное системный служебное sistēma service event событие",
}
_KINDED = {
    "auto": ("автоответ", "автоответчик", "autoreply", "autoresponder", "automessage", "auto"),
    "note": ("заметка", "note", "комментарий", "comment", "внутренний комментарий", "internal", "примечание"),
}
ROLE_WORDS: dict[str, str] = {word: role for role, words in _WORDS.items() for word in words.split()}
ROLE_WORDS |= dict.fromkeys(_KINDED["auto"], "bot") | dict.fromkeys(_KINDED["note"], "operator")
ROLE_WORDS |= {"служба поддержки": "operator", "онлайн-консультант": "operator", "support agent": "operator"}
ROLE_KINDS: dict[str, str] = {word: kind for kind, words in _KINDED.items() for word in words}
KIND_WORDS: dict[str, str] = dict(zip(KINDS, KINDS, strict=True)) | ROLE_KINDS
KIND_WORDS |= dict.fromkeys(
    ["message", "текст", "сообщение", "msg", "m", "public", "from_client", "to_client", "ziņa"], "text"
)
KIND_WORDS |= dict.fromkeys(["template", "trigger", "бот", "bot", "автосообщение", "шаблон", "триггер"], "auto")
KIND_WORDS |= dict.fromkeys(
    ["private", "внутреннее", "внутренняя", "внутренний", "internal_note", "n", "piezīme"], "note"
)
KIND_WORDS |= dict.fromkeys(["system", "service", "событие", "системное", "система", "служебное", "notikums"], "event")
KIND_WORDS |= dict.fromkeys(
    ["image", "photo", "audio", "video", "document", "attachment", "файл", "фото", "вложение", "голосовое"], "file"
)

_PARTS = re.compile(
    r"^(?P<word>[^\W\d_][\w -]*?)\s*(?:№?\s?\d{1,5})?\s*(?:[(\[](?P<name>[^)\]]{1,60})[)\]]|[:,–—-]\s*(?P<rest>.+))?$"
)
_NEAR_WORDS = "name помо полез help assist palīdz слуша компани магазин служб поддержк зовут приветств welcome sauc"
_NEAR = tuple(_NEAR_WORDS.split())
_OFFER = re.compile(
    r"чем\s+((я|мы|могу|можем|смогу|сможем|вам|сегодня|быть|буду)\s+)*(помочь|помогу|поможем|полез\w+)"
    r"|слушаю\s+вас|как\w*\s+(я\s+)?могу\s+(вам\s+)?помочь"
    r"|how\s+(can|may|could)\s+(i|we)\s+(help|assist)|what\s+can\s+i\s+(do|help)|kā\s+(es\s+|mēs\s+)?(varu|varam)\b.{0,20}palīdzēt",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"здравствуй|добр(ый|ого|ое|ой)\s+(день|дня|вечер|утр|времени)|привет|\bhello\b|\bhi\b|good\s+(day|morning|afternoon|evening)"
    r"|labdien|labrīt|labvakar|sveiki|sveicināt",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"меня\s+зовут\s+\S+(\s+\S+)?,?\s+(я\s+)?(из\s+)?(ваш\s+|онлайн-|интернет-)?"
    r"(компани[яи]|магазин\b|служба|отдел|оператор|специалист|консультант|менеджер)"
    r"|вас\s+приветствует|на\s+связи\b.{0,40}(компани|магазин|служб|поддержк)"
    # a company is named with a capital letter or in quotes: «компания Лён», not «компания доставки»
    r"|(компания|магазин|служба\s+поддержки)\s+(?-i:[«\"„A-ZА-ЯЁ])"
    r"|my\s+name\s+is\b.{0,60}\bfrom\b|welcome\s+to|mani\s+sauc\b.{0,60}(uzņēm|veikal)",
    re.IGNORECASE,
)


def role_table(options: ReadOptions) -> dict[str, str]:
    """Roles set by the user, by case-folded word or name; UsageError when a role is none of the five."""
    given: dict[str, str] = dict(options.mapping.roles) if options.mapping else {}
    given |= options.roles
    for who, role in given.items():
        if role not in ROLES:
            near = get_close_matches(role, ROLES, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; roles are {', '.join(ROLES)}"
            raise UsageError(f"--role {who}={role}: no such role{hint}")
    return {folded(who): role for who, role in given.items()}


def folded(word: str) -> str:
    """A word or name as it is compared: no case, no ё, single blanks."""
    return " ".join(word.casefold().replace("ё", "е").split())


def split_role(value: str) -> tuple[str, str | None, str | None] | None:
    """(role, kind or None, name or None) of a label such as «Оператор (Мария)»; None when it holds no role word."""
    whole = folded(value)
    if whole in ROLE_WORDS:
        return ROLE_WORDS[whole], ROLE_KINDS.get(whole), None
    found = _PARTS.match(value.strip())
    if not found:
        return None
    word = folded(found["word"])
    if word in ROLE_WORDS:
        return ROLE_WORDS[word], ROLE_KINDS.get(word), (found["name"] or found["rest"] or "").strip() or None
    head, _, tail = found["word"].strip().partition(" ")
    head = folded(head)
    # «Оператор Мария» names a person, «Клиент говорит» does not: a name begins with a capital letter.
    if head in ROLE_WORDS and tail[:1].isupper():
        return ROLE_WORDS[head], ROLE_KINDS.get(head), tail.strip()
    return None


def given_role(labels: Iterable[str | None], roles: dict[str, str]) -> str | None:
    """The role the user gave to the first of these labels that has one."""
    return next((roles[key] for label in labels if label and (key := folded(label)) in roles), None)


def word_role(label: str, roles: dict[str, str]) -> tuple[str, str | None, str | None] | None:
    """`split_role`, and then the user's word about the role itself: `client=operator` turns «Клиент» too."""
    split = split_role(label)
    return (roles.get(split[0], split[0]), split[1], split[2]) if split else None


def sounds_like_operator(text: str) -> bool:
    """Whether a text greets and offers help or introduces a company: an operator's first words."""
    head = text[:600]
    low = head.lower()
    # These plain searches cost a tenth of the patterns, and nearly all texts end here.
    if not any(word in low for word in _NEAR):
        return False
    return bool(_GREETING.search(head) and (_OFFER.search(head) or _COMPANY.search(head)))
