"""What a sentence of the side does for the client's request: answers it, asks something for it, or neither."""

from __future__ import annotations

from audit.recognise import Sentence

# What a sentence may do without being the answer; any of ANSWERS makes it one all the same.
COURTESIES = frozenset(
    (
        "greeting farewell self-introduction ask-name help-offer wait-notice clarifying identification thanks courtesy "
        "empathy transfer final-check help-check open-offer survey promise reproach human-offer closing-notice signature"
    ).split()
)
PLAIN_ANSWERS = frozenset("refusal instruction cause channel-redirect human-refusal".split())
EVASIONS = frozenset(("send-to-phone", "call-offer", "excuse"))  # an answer only where no better one comes
HANDED = frozenset(("excuse", "rudeness"))  # no answer where a colleague takes over and gives one
NO_CLARIFYING = frozenset("reproach help-offer final-check human-offer survey call-offer closing-notice".split())


def answering(sentence: Sentence) -> float:
    """1: an answer; 0: none; 0.5: an answer only where nothing else in the turn is going on."""
    acts = sentence.acts
    if sentence.question and "refusal" not in acts:
        return 0.0
    if not acts and not sentence.maybe:
        return 0.5 if sentence.words >= 3 else 0.0
    if "channel-redirect" in acts and "benefit" in acts:
        return 0.0
    chance = acts.get("answer") or sentence.maybe.get("answer", 0.0)
    plain = max(acts.get(act, 0.0) for act in PLAIN_ANSWERS)
    if acts.get("empathy", 0.0) > max(plain, chance):
        return 0.0
    if plain >= 0.4:
        return 1.0
    evasion = max(acts.get(act, 0.0) for act in EVASIONS)
    if evasion and evasion >= chance - 0.2:
        return 0.0
    if not acts.keys().isdisjoint(COURTESIES):
        rival = max(acts.get(act, 0.0) for act in ("clarifying", "wait-notice", "identification", "transfer"))
        return 1.0 if chance >= 0.5 and chance >= rival else 0.0
    if chance >= 0.7:
        return 1.0
    return 0.5 if chance >= 0.3 or (sentence.words >= 3 and not sentence.maybe) else 0.0


def clarifies(sentence: Sentence, *, told_apart: bool) -> bool:
    """Whether a sentence of the side asks a genuine on-topic thing; `told_apart`: the pack knows such acts from others."""
    acts = sentence.acts
    against = max(acts.get(act, 0.0) for act in NO_CLARIFYING)
    if against and against >= acts.get("clarifying", 0.0) + 0.2:
        return False
    if "ask-name" in acts and sentence.words < 6:
        return False
    if "ask-name" in acts and not ("clarifying" in acts or "identification" in acts or "clarifying" in sentence.maybe):
        return False
    if "rudeness" in acts and "clarifying" not in acts:
        return False
    if "channel-redirect" in acts and "benefit" in acts:
        return True
    if "clarifying" in acts or "identification" in acts:
        return True
    # small talk and «Подождёте минутку?» are questions too: only a pack that cannot tell them apart takes them all
    return sentence.question and sentence.words > 1 and not told_apart
