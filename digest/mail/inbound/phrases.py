"""What servers say when they refuse: words that tell whose fault it is, in the order of trust.

Blocks come first: "user unknown" in a sentence on spam is a lie for spammers. The phrases are
those of the common servers and providers; each row is meant for what a server means by it, never
for one recorded mail.
"""

import re
from dataclasses import dataclass

from digest.model import Severity

_ANY = r".{0,60}?"
_BOX = (
    r"(?:users?|recipients?|mail ?box|mailboxes|address(?:es|ee)?|accounts?|e-?mail|alias"
    r"|local[- ]?part|customer|member|person|login|inbox|destinatio?n|id)"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of the table."""

    name: str
    severity: Severity
    words: re.Pattern[str]
    mailbox: bool = False
    """Whether it claims that a mailbox does not exist, which only an answer to RCPT can know."""
    unless_dead: frozenset[tuple[int, int]] = frozenset()
    """Statuses (subject, detail) beside which these words are not believed."""


def _row(
    name: str,
    severity: Severity,
    *patterns: str,
    mailbox: bool = False,
    unless: frozenset[tuple[int, int]] = frozenset(),
) -> Phrase:
    joined = re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
    return Phrase(name, severity, joined, mailbox, unless)


_B, _S, _H = Severity.BLOCK, Severity.SOFT, Severity.HARD
_GONE = frozenset({(1, 1), (1, 6)})

TABLE: tuple[Phrase, ...] = (
    _row(
        "unknown, by the server's own directory",
        _H,
        r"\(000C05A6\)|not (?:listed|found) in (?:the )?(?:\w+ )?(?:(?:domino )?directory|(?:name & )?address book)",
        r"invalid final delivery userid|delivery error: dd .{0,30}(?:does ?n[o']t|no such)"
        r"|because the address couldn't be found\. |unrouteable address|mail\.local: unknown user",
        r"no valid recipients for this mm|\b542 \S+@\S+ rejected|because the domain is not reachable\. please check the domain",
        r"ディレクトリ.{0,12}(?:見つかりません|ありません)|^unknown user: ",
    ),
    _row(
        "not authenticated",
        _B,
        r"\bDMARC\b",
        r"\bSPF\b(?! records? (?:are|is) fine)",
        r"\bDKIM\b",
        r"sender ?id\b" + _ANY + r"fail",
        r"unauthenticated (?:e-?mail|sender|mail)",
        r"(?:not|n't|un)[ -]?(?:properly )?authenticated",
        r"purported responsible address",
        r"sender policy framework",
        r"authentication (?:is )?required",
        r"authentication (?:information|results|failure|credentials)",
        r"must (?:be )?authenticate|requires? (?:smtp )?auth(?:entication)?\b|AuthRequired",
        r"domain owner" + _ANY + r"(?:policy|reject)",
    ),
    _row(
        "reverse DNS or greeting",
        _B,
        r"reverse[ -](?:dns|lookup|address|hostname|mapping|name)",
        r"\brDNS\b|\bPTR\b|PTR record",
        r"(?:cannot|can't|could not|unable to|does not|fix|no) " + _ANY + r"reverse",
        r"cannot (?:find|resolve) your hostname|cannot resolve your (?:address|domain|ip)",
        r"client host rejected: cannot find",
        r"(?:helo|ehlo)\b" + _ANY + r"(?:reject|invalid|not|syntax|must|denied|fail)",
        r"(?:invalid|bad|bogus|forged|illegal|suspicious) " + _ANY + r"\b(?:helo|ehlo)\b",
        r"(?:ip|host) (?:address )?" + _ANY + r"(?:lacks|without|missing|has no) " + _ANY + r"name",
        r"all mail servers must have a PTR|no name found for your ip|dynamic/zombied",
    ),
    _row(
        "spam, in the server's eyes",
        _B,
        r"spam(?!assassin\.org/?$)(?!-?(?:trap|cop)\w*\s+(?:free|report))",
        r"\bUBE\b|\bUCE\b|\bUCM\b",
        r"unsolicited",
        r"junk ?mail",
        r"phish",
        r"bulk (?:e-?mail|mail)(?:er)? (?:is |are )?(?:not|reject|refus|block)",
        r"content (?:is )?(?:was )?(?:reject|refus|denied|block|filter|not allowed|restrict)"
        r"|message content",
        r"appears to be (?:an? )?(?:advert|unwanted)",
        r"suspicious|\bURIBL\b|\bSURBL\b",
        r"cloudmark|senderbase|brightmail|mxthunder",
    ),
    _row(
        "blocked, by address or reputation",
        _B,
        r"black ?list|block ?list|deny ?list|grey ?list|gray ?list|white ?list",
        r"\bRBLs?\b|DNS ?BL|\bDNSRBL\b|/rbl/|spamhaus|sorbs|barracuda|spamcop|\bCSI\b",
        r"blocked using|listed (?:in|by|at|on)\b",
        r"\b(?:ip|ips|host|client|server|network|connections?|domain|sender|your) "
        + _ANY
        + r"\b(?:blocked|banned|bloqu\w+|barred|block(?:ing)?)\b",
        r"blocked by|has been (?:temporarily )?blocked|is (?:currently )?blocked from",
        r"bad reputation|poor reputation|reputation",
        r"banned (?:sending )?ip|ip (?:address )?(?:is )?(?:banned|rejected|refused|not allowed)",
        r"(?:connection|access|service|session) (?:is )?(?:refused|denied|rejected|dropped) by"
        r"|connections? (?:will )?not (?:be )?accepted",
        r"(?:your|the) (?:access|ip|server|host) (?:to this mail system )?has been"
        r" (?:rejected|denied|blocked)",
        r"\bTSS?\d\d\b|not accepting (?:connections|mail from|messages from)",
        r"host network not allowed|not allowed to (?:send|connect)",
        r"we do not accept mail from",
        r"(?:too much|high volume of|unexpected volume) ",
        r"client host rejected|Client (?:was )?not authorized",
        r"user complaints|complaint rate",
    ),
    _row(
        "too many, too fast",
        _B,
        r"too (?:many|fast|often|frequent)(?! hops)(?! received)" + r"(?!.{0,20}\bhops\b)",
        r"rate[ -]?limit|throttl|frequency limit|rate (?:is )?exceed|limit(?:ed)? exceeded"
        + r"(?!.{0,30}quota)",
        r"exceeded" + _ANY + r"(?:rate|connections|recipients|per (?:hour|day|minute))",
        r"has sent to too many|daily (?:sending )?(?:limit|quota)|sending limit",
        r"receiving mail (?:at a rate|too quickly)|slow down|try again (?:more )?slowly",
        r"max(?:imum)? (?:number of )?(?:connections|concurrent)",
    ),
    _row(
        "no mail is taken there",
        _H,
        r"null MX|does(?:n't| not) (?:accept|receive) (?:any )?(?:e-?mail|mail|messages)\b(?! from)",
        r"indicated no SMTP service|not accepting network messages|malformed or unexpected name server reply",
        r"does not run (?:an )?smtp|not a mail exchanger",
    ),
    _row(
        "virus, or a forbidden file",
        _B,
        r"virus|malware|trojan|\bworm\b|infected",
        r"potential(?:ly)? (?:security|harmful|dangerous|executable)|presents a potential",
        r"(?:banned|blocked|forbidden|disallowed) (?:file|attachment|content|extension)",
        r"attachment" + _ANY + r"(?:not allowed|reject|refus|block|forbid|denied|accept)",
        r"executable (?:file|content|attachment)",
    ),
    _row(
        "too large",
        _B,
        r"(?:message|mail|header|size|body|line|mime|e-?mail)s?\b"
        + _ANY
        + r"(?:too (?:large|big|long)|exceed\w* (?:the |a )?(?:max|fixed|size|limit|allow|admin))",
        r"(?:exceed\w*|over|larger than)"
        + _ANY
        + r"\b(?:maximum|max|message|allowed) (?:message )?size",
        r"(?:message|mail) size (?:exceed|limit|too)|size limit|SizeLimit|max message size",
        r"message (?:is )?(?:larger|bigger|too (?:large|big))|too large for this recipient",
    ),
    _row(
        "not as the RFCs want it",
        _B,
        r"\bRFC[ -]?(?:2822|5322|2821|5321|1123|204\d|1035|1651)",
        r"not (?:rfc )?compliant|multiple (?:addresses in )?(?:from|subject|to)\b|bare (?:cr|lf|newline)",
        r"(?:missing|invalid|malformed|duplicate|broken) (?:\w+ )?header|headers? (?:is |are )?missing",
        r"8-?bit|bad mime|mime (?:error|structure)|SMTPUTF8|non[- ]ascii",
        r"message(?: |-)?id (?:header )?(?:is )?(?:missing|invalid)",
    ),
    _row(
        "mailbox full",
        _S,
        r"(?:mail ?box|inbox|mail ?folder|user|disk|account|storage|recipient|maildir|box)(?:'s)?\b"
        + r".{0,40}?\b(?:is |are |has |was |it's )?(?:full\b|over ?(?:the )?(?:disk |its |their |storage )?quota|exceed)",
        r"full (?:mail ?box|inbox)|mailbox_?full|mailfull|boite (?:aux lettres )?pleine",
        r"quota (?:is |has been |was )?(?:exceed|violat|full|reach|overflow|ha sido)|quotaexceeded",
        r"(?:over|exceed\w*|excess|out of|beyond|past|not enough) (?:\w+ ){0,4}quota|over-?quota",
        r"(?:exceed\w*|over|out of|reached|insufficient|not enough|no) (?:\w+ ){0,4}"
        r"(?:storage|disk|mailbox|file ?system) (?:\w+ )?(?:space|allocation|limit|quota|allowance|allotment)"
        r"(?!; try again later$)",
        r"mail ?box (?:\w+ )?(?:size )?(?:limit|quota|space)|no space left (?:on|in) (?:mailbox|disk)",
        r"(?:too much|too many) (?:mail|messages) (?:data )?(?:in|stored)",
        r"(?:maximum|max) (?:allowed )?(?:mailbox|storage|disk)|out of storage",
        r"メールボックス.{0,20}(?:容量|満|一杯|いっぱい)|容量.{0,10}超え|邮箱.{0,6}满|空间不足|超过.{0,6}容量",
        r"postfach.{0,30}(?:voll|ueberf|überf)|speicherplatz|kontingent|buz[oó]n.{0,20}llen",
    ),
    _row(
        "disabled, for now or for good",
        _S,
        r"(?:temporar\w+|currently|is) (?:locked|frozen|suspended|on hold)",
        r"(?:account|mail ?box|user|address|recipient|domain|alias)s?\b.{0,60}?"
        r"\b(?:is |has been |was |are )?(?:\w+ )?"
        r"(?:disabled|suspended|deactivated|inactive|not active|locked|frozen|blocked|bloque|expired"
        r"|de-?activated|restricted|closed|unavailable until|archived|on hold)",
        r"(?:disabled|suspended|inactive|deactivated|frozen|locked|expired|restricted|dormant) "
        r"(?:e-?mail |mail |recipient )?(?:account|mail ?box|user|address|recipient)",
        r"not? (?:activ|enabl)\w+ (?:account|user|mailbox)|account that you tried to reach is (?:disabled|inactive)",
        r"mailbox (?:currently )?suspended|user suspended|DisabledUser",
        unless=_GONE,
    ),
    _row(
        "no relaying",
        _B,
        r"relay(?:ing)?\b"
        + _ANY
        + r"(?:denied|not permitted|not allowed|prohibited|forbidden|disabled|refused|impossible)",
        r"(?:unable|not able|denied|cannot|can't|not permitted|not allowed|do(?:es)? not|won't|no)"
        r"(?: to)?" + r".{0,30}?\brelay",
        r"not (?:a )?(?:local|gateway) (?:domain|to)|rcpthosts|not in my domain|we do not relay|no relay",
        r"sorry, that domain isn't in my list",
    ),
    _row(
        "the sender is refused",
        _B,
        r"(?:sender|from|return[- ]?path|envelope from|originator)\b(?: address| domain| e-?mail)?.{0,50}?"
        r"(?:reject|refus|denied|not (?:valid|accept|exist|allowed|permitted|verif)|invalid|unknown"
        r"|does ?n[o']t (?:exist|resolve)|verif\w+ fail|unresolv|must (?:resolve|exist))",
        r"(?:invalid|unknown|bad|rejected|unverified|unresolvable|undeliverable|fake) (?:sender|return path|mail from)",
        r"domain of sender|sender's domain|sender domain|your (?:domain|address) (?:does|is not|has)",
        r"sender verif|callout|callback|backscatter",
        r"mail from\b.{0,80}?\b(?:reject|refus|denied|not accept)",
    ),
    _row(
        "refused by policy",
        _B,
        r"polic(?:y|ies)|security (?:reason|polic|concern)|administrative(?:ly)? (?:prohib|den|reject|block)",
        r"prohibit(?:ed|ion)|not permitted|violat",
        r"recipient preferences|refused by (?:the )?recipient|does not (?:want|wish|accept) (?:mail|messages|your)",
        r"only accepts? (?:mail|messages|e-?mails?) (?:from|for)",
        r"transport\.rules|rejected by (?:a |the )?(?:rule|filter|content|administrator)",
        r"RESOLVER\.RST\.(?!Recip(?:ient)?NotFound)",
    ),
    _row(
        "loop",
        _S,
        r"too many (?:hops|received)|hop count|mail (?:is )?loop(?:ing|s)?|routing loop|loops? (?:back )?(?:to|detected)|loop detected",
        r"(?:forwarding|mail) loop|maximum hop",
    ),
    _row(
        "DNS, for now",
        _S,
        r"not found, try again|temporar\w+ (?:lookup|dns|name|failure in name)|name ?server timeout|servfail",
        r"lookup (?:timed out|timeout)|dns (?:time-?out|server failure)|DNS query failed",
    ),
    _row(
        "the server's own programs fail",
        _S,
        r"command output:|command died|couldn't create|can't create|procmail|temporary failure",
        r"system config error|local configuration error|mailer error|internal (?:server )?error",
    ),
    _row(
        "no such domain",
        _H,
        r"\b(?:host|domain)(?: or domain)?(?: name)?(?: \S+)? (?:is |was |could |can )?"
        r"(?:not found|unknown|does ?n[o']t exist|not exist|invalid|not be found|non-?existent|isn't (?:found|valid))",
        r"(?:unknown|no such|invalid|illegal|unrouteable|unroutable|undefined|non-?existent|unresolvable|bad destination)"
        r" (?:mail |destination |recipient |system )?(?:host|domain|system)\b",
        r"no (?:such )?(?:mx|mail exchanger|dns|a record|domain)\b.{0,40}?(?:found|record|exist|for)",
        r"NXDOMAIN|couldn't find any host|can't find any host|could ?n[o']t find (?:a |any )?(?:mail (?:server|exchanger)|host|domain)",
        r"all relevant MX records point to non-existent|mail domain .{0,10}not exist|Illegal host/domain",
        r"(?:resolve|lookup)\b.{0,20}? failed permanently|host address lookups? failed|name or service not known",
        r"domain (?:name )?(?:\S+ )?(?:is )?not (?:found|valid|registered|hosted)",
    ),
    _row(
        "moved",
        _H,
        r"(?:user|recipient|mailbox|address|has|account)\b.{0,20}?\b(?:has |have )?moved (?:to|permanently)|user has moved",
        r"no longer (?:on (?:this )?server|valid|in (?:use|service)|exist\w*|available|active|at (?:this|our)|with|works?|employed|associated|accepted|have|has|used|a )",
        r"address (?:has )?changed|has been replaced by|please use the (?:following|new) address|new (?:e-?mail )?address is",
        r"not longer (?:in use|valid)|has left (?:the|our|this) (?:company|organi[sz]ation)",
        mailbox=True,
    ),
    _row(
        "no such mailbox",
        _H,
        r"\b"
        + _BOX
        + r"\b(?:.{0,80}?)\b(?:unknown|not (?:known|found|exist\w*|recognized|recognised|listed|here|local|valid|a valid|our)"
        r"|(?:does ?n[o']t|do ?n[o']t|did ?n[o']t|is ?n[o']t) (?:currently )?(?:exist|have an?|valid|known|found|be found|listed)"
        r"|n'existe pas|non-?existent|not in (?:the )?(?:directory|address book|list)|could not be found|couldn't be found|cannot be found|can't be found|was not found"
        r"|invalid|invalide|unbekannt|inconnue?|desconocid[oa]|desconhecido|nicht gefunden|existiert nicht|no existe|n[aã]o existe|sconosciuto|nieznany|не найден|не существует)\b",
        r"\b(?:unknown|no such|invalid|non-?existent|unrecogni[sz]ed|incorrect|bad|no|undefined|undeliverable|unrouteable|unroutable|nonlocal|not a valid|not a known|inconnu|invalides?) "
        r"(?:\w+ ){0,2}?" + _BOX + r"\b(?! (?:verification|preferences|error))",
        r"\bno (?:user|mail ?box|account|recipient|address|one|such|valid|vaild|matching|mail drop)\b.{0,30}?(?:here|with|by|of|for|found|exist|present|named|that|this|at|on)",
        r"(?:user|address|mailbox|account|recipient|name|alias|addressee|it) (?:\S+ )?(?:is )?(?:not (?:known|found|listed|present|local|here|exist)|unknown)",
        r"(?:does ?n[o']t|doesn't|do not|don't|did not) (?:have (?:an?|any|such)? ?(?:\S+ )?(?:account|mailbox|user)|exist|match any)",
        r"this user doesn't have|mailbox (?:is )?unavailable(?! until)|requested action (?:was )?not taken: mailbox",
        r"user (?:is )?(?:un)?verif\w*.{0,10}fail|recipient verification failed|address verification failed: .{0,20}unknown",
        r"RecipNotFound|RecipientNotFound|NoSuchUser|UserUnknown|user_unknown|userunknown|EUNKNOWN|no mailbox here",
        r"recipient (?:address )?(?:was )?(?:rejected|refused|denied): (?:access denied|user unknown|unknown|undeliverable)",
        r"(?:address|recipient)\b.{0,50}? rejected\.?$|#5\.1\.[01] address rejected",
        r"can(?:not|'t) (?:find|deliver to|locate|open) (?:\w+ ){0,2}(?:user|mailbox|recipient|address|account)",
        r"not (?:a )?(?:valid|known|local|existing|registered) (?:\w+ )?(?:user|mailbox|account|recipient|address)",
        r"inactive e-?mail address|mailbox does|Mailbox \S+ (?:does|not)|not our customer|not found in (?:the )?(?:directory|database)",
        r"宛先.{0,20}(?:不明|存在し|見つかり|ありません)|ユーザー?.{0,40}(?:見つかりません|存在しません|不明)|用户不存在|不存在|找不到",
        r"(?:inconnu|unbekannt|desconocido)\b|cuenta no existe|Пользователь не",
        mailbox=True,
    ),
)
"""The first row that fits decides."""
