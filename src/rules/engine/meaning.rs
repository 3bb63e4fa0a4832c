//! What is said of something, in whatever words: tools have a thousand sentences for a few failures.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;
use serde::Deserialize;

use crate::text::readable::clip;

/// A failure, whatever the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// Somebody may not, or is not known: [`Meaning::Credential`] or [`Meaning::Forbidden`].
    Refused,
    /// Who calls is not known: 401, a wrong, missing or expired password, key or token.
    Credential,
    /// Who calls is known, and may not: 403, a right that is missing.
    Forbidden,
    /// It is not there.
    Missing,
    /// It did not answer.
    Unreachable,
    /// A value that is needed was not given.
    Unset,
    /// It is of a kind that is not taken.
    Unsupported,
    /// It is being made, or is not ready.
    Pending,
}

/// Those with words of their own, and the words.
const MEANINGS: [(Meaning, &[&str]); 7] = [
    (Meaning::Credential, CREDENTIAL),
    (Meaning::Forbidden, FORBIDDEN),
    (Meaning::Missing, MISSING),
    (Meaning::Unreachable, UNREACHABLE),
    (Meaning::Unset, UNSET),
    (Meaning::Unsupported, UNSUPPORTED),
    (Meaning::Pending, PENDING),
];

/// In the words of a rule: whatever a line is about that a program marked as an error.
const ANYTHING: &str = "*";

/// How many places of a meaning are looked at in one text.
const MAX_PLACES: usize = 64;

/// How far around the words of a failure what it is about may stand, in bytes.
const AROUND: usize = 240;

impl Meaning {
    /// Whether `text` says so.
    pub(super) fn is_in(self, text: &str) -> bool {
        let mut patterns = patterns();
        patterns.any(|(meaning, pattern)| self.covers(meaning) && pattern.is_match(text))
    }

    /// Whether what is said as `said` says this, too.
    fn covers(self, said: Self) -> bool {
        let refused = matches!(said, Self::Credential | Self::Forbidden);
        self == said || (self == Self::Refused && refused)
    }
}

/// Whether `text` says any of it.
pub(super) fn says_any(text: &str) -> bool {
    patterns().any(|(_, pattern)| pattern.is_match(text))
}

fn patterns() -> impl Iterator<Item = (Meaning, &'static Regex)> {
    static PATTERNS: OnceLock<Vec<Regex>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| {
        let all = MEANINGS.iter().map(|(meaning, words)| {
            let status = match meaning {
                Meaning::Credential => "40[17]",
                Meaning::Forbidden => "403",
                _ => "",
            };
            let by_status = STATUS.iter().filter(|_| !status.is_empty());
            let by_status = by_status.map(|words| words.replace("STATUS", status));
            let words = words.iter().map(|words| (*words).to_owned());
            let words: Vec<String> = by_status.chain(words).collect();
            // With the letters of all scripts each word of a sentence would be a table of its own.
            let words = words.join("|").replace(r"\w", "[0-9A-Za-z_]");
            let translated = words_in_other_languages(*meaning);
            // Scripts without blanks have no borders of words.
            let pattern = format!(r"(?i)(?-u:\b)(?:{words})|{translated}");
            Regex::new(&pattern).expect("a constant that is tested")
        });
        all.collect()
    });
    let meanings = MEANINGS.iter().map(|(meaning, _)| *meaning);
    meanings.zip(patterns)
}

/// How programs write the status of a refusal. A number alone may count something.
const STATUS: &[&str] = &[
    r"ESTATUS\b",
    r"(?:status\w*|code|error|http(?:/[0-9.]+)?|response|reply|is|was|with|got|get|returns?|returned|returning|answered|received|message|failed|failure|err!|denied)\W{1,4}STATUS\b",
    r"\w+\W{1,4}STATUS[)\]]",
    r"\w+: STATUS(?: \(| from\b|[.,;)]|\s*$|\s*\n)",
    r"STATUS\W{1,3}(?:unauth|forbidden|not auth|error|client|page|when|get|post|put)",
];

/// Each is the beginning of a word in some sentence of a tool.
const CREDENTIAL: &[&str] = &[
    r"unauthori[sz]ed",
    r"unauthenticated",
    r"could not read (?:user ?name|password)",
    r"not (?:been )?(?:logged in|authenticated|signed in)",
    r"need(?:s|ed)? auth\w*",
    r"ENEEDAUTH",
    r"requires? (?:an? )?authenticat\w+",
    r"(?:authentication|authorization|log ?in|sign-?in) (?:was |has |is )?(?:failed|failure|error|required|unsuccessful|unavailable)",
    r"(?:failed|unable|could ?n[o']t|cannot) (?:to )?(?:log ?in|sign in|authenticate|authori[sz]e)",
    r"(?:failed|unable|could ?n[o']t|cannot|error) (?:to |in )?(?:automatically )?(?:fetch|get|acquire|aquire|obtain|retrieve|generat|refresh|determin|load|find)\w* (?:\w+ ){0,4}(?:tokens?|credentials?|assertion|access keys?)\b",
    r"(?:invalid|bad|wrong|incorrect|expired|missing|unknown|no|no more|provide) (?:\w+ ){0,3}(?:credentials?|tokens?|api ?keys?|passwords?|user ?names?|logins?|secrets?|access keys?|signature)\b",
    r"(?:credentials?|tokens?|api ?keys?|passwords?|secrets?|(?:secret|access|account|subscription|ssh|provided|your) keys?|certificate|session) (?:\w+ ){0,2}(?:not correct|invalid|expired|rejected|refused|missing|not valid|not accepted|revoked|must be provided|required)",
    r"(?:expired|invalid)token\w*",
    r"credentials? (?:were|was|are|is) (?:rejected|refused|invalid|wrong|not \w+)",
    r"invalid authentication",
    r"invalid_auth\b",
    r"CredentialUnavailable\w*",
    r"invalid_(?:grant|client|token)\b",
    r"unauthorized_client\b",
];

const FORBIDDEN: &[&str] = &[
    r"forbidden",
    r"accessdenied\w*",
    r"denied: ",
    r"(?:access|permission)s? ?(?:is |was )?(?:denied|forbidden)",
    r"not (?:been )?(?:authori[sz]ed|permitted|allowed)",
    r"do(?:es)?(?: not|n't) have (?:\w+ ){0,3}(?:permissions?|access|rights?|privileges?)",
    r"(?:insufficient|lacks?) (?:\w+ ){0,2}(?:permissions?|privileges|scopes?|access|rights?)\b",
    r"not a member of",
    r"only authori[sz]ed to",
    r"needs? (?:\w+ ){0,3}(?:permissions?|access|rights?)\b",
    r"required \S{1,60} permission",
];

const MISSING: &[&str] = &[
    r"(?:was|were|is|are|been|be)?(?: not|n't) (?:be )?found",
    r"do(?:es)?(?: not|n't) exists?",
    r"(?:not|n't|no longer) exists?",
    r"no (?:\w+ ){0,3}(?:connection|endpoint)s?\b.{0,60}\bfound",
    r"not (?:be )?found",
    r"could ?(?:not|n't) (?:find|be found|be located|get|resolve|fetch|retrieve)",
    r"(?:unable|failed) to (?:find|locate|get|resolve|retrieve|fetch)",
    r"(?:cannot|can't|can not) find",
    r"has been (?:deleted|disabled|removed)",
    r"is (?:disabled|deleted)",
    r"NotFound\b",
    r"(?:is|are|was|were)(?: not|n't) installed",
];

const UNREACHABLE: &[&str] = &[
    r"timed ?out",
    r"time-?out",
    r"ETIMEDOUT",
    r"ECONN(?:REFUSED|RESET|ABORTED)",
    r"ENOTFOUND",
    r"EHOSTUNREACH",
    r"ENETUNREACH",
    r"EAI_AGAIN",
    r"no such host",
    r"(?:could|can) ?not (?:be )?(?:resolve[d]?|connect|reach(?:ed)?)",
    r"unable to (?:connect|reach|resolve|communicate)",
    r"connection (?:was )?(?:refused|reset|closed|aborted|timed out)",
    r"cannot (?:connect|reach)",
    // `unreachable=0` counts.
    r"(?:network is )?unreachable(?:[^=]|$)",
    r"failed to (?:connect|reach)",
    r"i/o timeout",
    r"not respond(?:ing)?",
    r"no response (?:was )?received",
    r"actively refused",
    r"error occurred while sending the request",
    r"name resolution",
    r"no (?:\w+ ){1,3}(?:is|are) reachable",
    r"(?:not|n't) reachable",
];

const UNSET: &[&str] = &[
    r"input required",
    r"required: ",
    r"(?:is|are|was|were) (?:a |an )?(?:required|missing|empty|null|undefined|mandatory|blank)\b",
    r"(?:not|n't) (?:been )?(?:set|set up|specified|provided|given|configured|defined|supplied|present|selected|chosen)\b",
    r"must (?:be|not be|have|contain|specify|provide) (?:\w+ ){0,3}(?:set|specified|provided|supplied|empty|null|value)\b",
    r"must be a non[- ]?empty",
    r"cannot be (?:null|empty|blank)",
    r"missing (?:\w+ ){0,4}(?:variables?|parameters?|arguments?|inputs?|fields?|property|properties|endpoint|connection)\b",
    r"no (?:\w+ ){0,8}(?:provided|specified|set|configured|given|selected)\b",
    r"has no value",
    r"could not be determined",
    r"(?:unable|failed|could ?n[o']t) (?:to )?determine",
    r"(?:must|need to|have to) (?:specify|provide|define|supply)",
];

const UNSUPPORTED: &[&str] = &[
    r"(?:not|n't) (?:\w+ ){0,2}support(?:ed)?\b",
    r"unsupported",
    r"(?:invalid|unknown|unrecogni[sz]ed|unexpected|wrong) (?:\w+ ){0,4}(?:scheme|type|method)\b",
    r"(?:scheme|type|method)\b.{0,40}\b(?:unexpected|invalid|unknown|not (?:valid|recogni[sz]ed|allowed))",
    r"only .{0,80}\b(?:allowed|supported|accepted)",
    r"only (?:\w+ )?supports?\b",
    r"not compatible",
    r"do(?:es)?(?: not|n't) (?:allow|accept|take)",
];

const PENDING: &[&str] = &[
    r"(?:not|n't) (?:yet )?(?:ready|(?:been )?(?:provisioned|completed|finished))\b",
    r"(?:still|currently|already) (?:being|in progress|provisioning)",
    r"(?:is|are) being (?:provisioned|created|prepared|deleted|updated|converted)",
];

/// The same in the languages that Azure DevOps, its tasks and Azure speak besides English: German, French,
/// Spanish, Italian, Portuguese, Russian, Japanese, Chinese in both scripts, and Korean.
fn words_in_other_languages(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Refused | Meaning::Credential => concat!(
            r"nicht autorisiert|(?:authentifizierung|anmeldung) (?:ist |war )?(?:fehlgeschlagen|nicht erfolgreich)|authentifizierungsfehler|fehler bei der (?:authentifizierung|anmeldung)|(?:ungültige|falsche|abgelaufene)[nrs]? (?:anmeldeinformation|kennwort|token|geheimnis|zugriffstoken|schlüssel)|(?:anmeldeinformationen|kennwort|token|geheimnis|schlüssel) (?:sind|ist) (?:\S+ )?(?:ungültig|falsch|abgelaufen)",
            r"|non autorisé|échec de (?:l.)?authentification|erreur d.authentification|informations d.identification (?:\S+ )?(?:non valides|incorrectes|expirées)|(?:jeton|mot de passe|secret) (?:\S+ )?(?:non valide|incorrect|expiré)",
            r"|no autorizado|error (?:de|en la) autenticación|error al autenticar|credenciales (?:\S+ )?(?:no válidas|incorrectas|caducad)|(?:contraseña|token|secreto) (?:\S+ )?(?:no válid|incorrect|caducad|expirad)",
            r"|non autorizzato|autenticazione non riuscita|errore di autenticazione|credenziali (?:\S+ )?(?:non valide|scadut)|(?:password|token|segreto) (?:\S+ )?(?:non valid|scadut|errat)",
            r"|não autorizado|falha n?a autenticação|erro de autenticação|credenciais (?:\S+ )?(?:inválidas|incorretas)|(?:senha|token|segredo) (?:\S+ )?(?:inválid|incorret|expir)",
            r"|не авторизован|ошибка (?:аутентификации|авторизации|проверки подлинности)|сбой проверки подлинности|неверн\S+ (?:учетн|парол|токен|имя пользователя)|недопустим\S+ (?:учетн|токен|проверка подлинности)",
            r"|認証(?:に|が)?失敗|認証エラー|認証できません|承認されていません|(?:資格情報|パスワード|トークン|シークレット)(?:が|は)(?:無効|正しく|間違|期限)",
            r"|未授权|未经授权|未經授權|(?:身份验证|身份驗證|认证|驗證)失败|驗證失敗|凭据无效|認證無效|无效的(?:凭据|令牌|密码)|(?:令牌|密码|密碼)(?:无效|無效|错误|已过期|已過期)",
            r"|인증(?:에|이)? ?실패|인증하지 못|인증되지 않|자격 증명이 (?:잘못|유효하지)|(?:토큰|암호|비밀번호)(?:이|가) (?:만료|잘못|유효하지)",
        ),
        Meaning::Forbidden => concat!(
            r"zugriff (?:wurde )?(?:verweigert|abgelehnt)|keine berechtigung|nicht berechtigt|berechtigung(?:en)? fehl",
            r"|accès refusé|n.(?:a|avez|ont) pas (?:les? |l.)?(?:autorisation|droit|accès)|autorisations? insuffisante",
            r"|acceso denegado|no tiene (?:los )?permiso|permisos insuficientes|accesso negato|non (?:si )?dispone d\S+ autorizzazion|acesso negado|não tem permiss",
            r"|доступ запрещен|отказано в доступе|нет (?:прав|разрешени)|недостаточно прав",
            r"|アクセスが拒否|アクセスは拒否|(?:アクセス許可|権限|アクセス権)がありません|拒绝访问|访问被拒绝|存取被拒|拒絕存取|没有权限|沒有權限|权限不足|액세스가 거부|권한이 없",
        ),
        Meaning::Missing => concat!(
            r"nicht gefunden|nicht vorhanden|existiert nicht|introuvable|n.existe pas|n.a pas été trouvé|no se (?:ha )?enc(?:ontr|uentr)\S+|no existe\b|non (?:è stat[oa] )?trovat|non esiste|não (?:foi )?encontrad|não existe",
            r"|не найден|не существует|見つかりません|存在しません|找不到|未找到|不存在|찾을 수 없|존재하지 않",
        ),
        Meaning::Unreachable => concat!(
            r"zeitüberschreitung|nicht erreichbar|nicht erreicht werden|verbindung .{0,60}(?:fehlgeschlagen|verweigert|abgelehnt|nicht hergestellt)|fehler beim herstellen einer verbindung|délai d.attente|impossible de (?:se connecter|joindre)|échec de la connexion",
            r"|tiempo de espera|no se pud?[oe](?:de)? (?:conectar|establecer)|impossibile (?:connettersi|stabilire)|non è stato possibile connettersi|tempo limite|não foi possível (?:se )?conectar",
            r"|время ожидания|не удалось подключиться|не удается подключиться|タイムアウト|接続(?:に|が)?失敗|接続できません|超时|逾時|无法连接|無法連線|시간(?:이)? ?초과|연결하지 못|연결할 수 없",
        ),
        Meaning::Unset => concat!(
            r"nicht angegeben|nicht festgelegt|(?:eingabe|wert) (?:ist )?erforderlich|darf nicht (?:leer|null)|entrée nécessaire|non (?:spécifié|fourni)|ne peut pas être (?:null|vide)|entrada requerida|no se ha (?:proporcionado|especificado)|no puede (?:ser nulo|estar vac)",
            r"|input richiesto|non (?:specificat|fornit)|non può essere (?:null|vuot)|não (?:foi )?(?:especificad|fornecid)|não pode ser (?:nul|vazi)|не указан|не может быть пуст|требуется ввести",
            r"|指定されていません|提供されていません|入力が必要|空にすることはできません|未指定|未提供|不能为空|不能為空|输入必需|需要輸入|지정되지 않|제공되지 않|입력 필요",
        ),
        Meaning::Unsupported => concat!(
            r"nicht unterstützt|(?:non|pas) pris(?:e)? en charge|no (?:se admite|es compatible|compatible con)|non (?:è )?supportat|não (?:é )?(?:suportad|compatível)|não há suporte",
            r"|не поддерживается|サポートされていません|サポートしていません|不支持|不支援|지원되지 않|지원하지 않",
        ),
        Meaning::Pending => {
            r"noch nicht bereit|pas encore prêt|aún no está list|non ancora pront|ainda não está pront|еще не готов|まだ準備ができていません|尚未就绪|尚未就緒|아직 준비되지"
        }
    }
}

/// What a rule is about, and what is said of it.
#[derive(Debug)]
pub(super) struct Topics {
    words: AhoCorasick,
    /// Behind each word: the rule, and what must be said.
    rules: Vec<(usize, Vec<Meaning>)>,
    /// The rules that are about anything.
    anything: Vec<(usize, Vec<Meaning>)>,
}

impl Topics {
    /// `topics`: a rule, its words, and what must be said of them.
    pub(super) fn new<'t>(
        topics: impl Iterator<Item = (usize, &'t [String], &'t [Meaning])>,
    ) -> Self {
        let mut words: Vec<&str> = Vec::new();
        let mut rules = Vec::new();
        let mut anything = Vec::new();
        for (at, about, says) in topics {
            for word in about {
                if word == ANYTHING {
                    anything.push((at, says.to_vec()));
                } else {
                    words.push(word);
                    rules.push((at, says.to_vec()));
                }
            }
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(words)
            .expect("words are few and short");
        Self {
            words,
            rules,
            anything,
        }
    }

    /// The rules whose words stand close to what they wait for, and where that is said.
    pub(super) fn find(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let mut found: Vec<(usize, Range<usize>)> = Vec::new();
        if !self.words.is_match(text) {
            return found;
        }
        for (meaning, pattern) in patterns() {
            let waits = |says: &[Meaning]| says.iter().any(|one| one.covers(meaning));
            for said in pattern.find_iter(text).take(MAX_PLACES) {
                let from = clip(text, said.start().saturating_sub(AROUND)).len();
                let to = clip(text, said.end() + AROUND).len();
                for hit in self.words.find_overlapping_iter(&text[from..to]) {
                    let (at, says) = &self.rules[hit.pattern().as_usize()];
                    let word = from + hit.start()..from + hit.end();
                    if waits(says) && stands_alone(text, &word) {
                        let span = word.start.min(said.start())..word.end.max(said.end());
                        found.push((*at, span));
                    }
                }
            }
        }
        found
    }

    /// The rules that are about anything and wait for what one of `errors` says, and that line.
    pub(super) fn find_in_errors<'t>(&self, errors: &'t str) -> Vec<(usize, &'t str)> {
        let mut found = Vec::new();
        for line in errors.lines().take(MAX_PLACES) {
            let waits = |says: &[Meaning]| says.iter().any(|one| one.is_in(line));
            let rules = self.anything.iter().filter(|(_, says)| waits(says));
            found.extend(rules.map(|(at, _)| (*at, line)));
        }
        found
    }
}

/// Whether one of the words of a rule stands in `said`, or it is about anything.
pub(super) fn is_about(about: &[String], said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    let mut about = about.iter();
    about.any(|word| word == ANYTHING || said.contains(&word.to_ascii_lowercase()))
}

/// From here on letters are those of East Asian scripts.
const FIRST_WITHOUT_BLANKS: char = '\u{2e80}';

/// Whether no letter or digit goes on before or behind a word.
fn stands_alone(text: &str, word: &Range<usize>) -> bool {
    // Han, kana and Hangul follow a word without a blank: `Jenkinsに接続できません`.
    let is_letter = |c: char| c.is_alphanumeric() && c < FIRST_WITHOUT_BLANKS;
    let within = |c: Option<char>| c.is_some_and(is_letter);
    let inner = &text[word.clone()];
    let before = text[..word.start].chars().next_back();
    // `Service` is one in `backendService`.
    let hump = inner.starts_with(|c: char| c.is_ascii_uppercase())
        && before.is_some_and(|c| c.is_ascii_lowercase());
    let starts = !inner.starts_with(char::is_alphanumeric) || !within(before) || hump;
    // `npm` is a word of its own in `npmAuthenticate` too.
    let behind = text[word.end..].chars().next();
    let hump = inner.ends_with(|c: char| c.is_ascii_lowercase())
        && behind.is_some_and(|c| c.is_ascii_uppercase());
    let ends = !inner.ends_with(char::is_alphanumeric) || !within(behind) || hump;
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::{Meaning, Topics, patterns};

    fn said(text: &str) -> Vec<Meaning> {
        let said = patterns().filter(|(_, pattern)| pattern.is_match(text));
        said.map(|(meaning, _)| meaning).collect()
    }

    #[test]
    fn many_words_mean_the_same() {
        for (text, meaning) in [
            (
                "status code: 403, reason phrase: Forbidden",
                Meaning::Refused,
            ),
            ("npm ERR! code ENEEDAUTH", Meaning::Refused),
            (
                "An API key must be provided in the header",
                Meaning::Refused,
            ),
            ("E215004: No more credentials", Meaning::Refused),
            ("The provided token has expired", Meaning::Refused),
            (
                "is not authorized to perform: s3:PutObject",
                Meaning::Refused,
            ),
            (
                "Invalid username and password combination",
                Meaning::Refused,
            ),
            ("No service connection with id x found", Meaning::Missing),
            ("connect ECONNREFUSED 10.0.0.1:22", Meaning::Unreachable),
            ("Failed to acquire an access token", Meaning::Refused),
            ("Input required: backendServiceArm", Meaning::Unset),
            ("a variable that was not set", Meaning::Unset),
            ("Invalid service connection scheme: x", Meaning::Unsupported),
            ("Only tokens are allowed", Meaning::Unsupported),
            ("code = Unauthenticated desc = ended", Meaning::Credential),
            ("failed with status code '407'", Meaning::Credential),
            (
                "Error 403: Required \"x.get\" permission(s)",
                Meaning::Forbidden,
            ),
            ("No cluster endpoint is reachable", Meaning::Unreachable),
            ("it is still being provisioned", Meaning::Pending),
            ("Die Anmeldung ist fehlgeschlagen", Meaning::Credential),
            ("サーバーでの認証に失敗しました", Meaning::Credential),
            ("Доступ запрещен", Meaning::Forbidden),
            ("액세스가 거부되었습니다", Meaning::Forbidden),
            ("Le point de terminaison est introuvable", Meaning::Missing),
            ("No se pudo conectar con el servidor", Meaning::Unreachable),
            ("状态 401 (未授权)", Meaning::Credential),
        ] {
            assert!(meaning.is_in(text), "{text}: {:?}", said(text));
        }
        for text in [
            "restored 403s packages",
            "All tests passed: 403 of 403",
            "all is well",
            "no tests",
            "uses a connection without explicit scope",
        ] {
            assert!(said(text).is_empty(), "{text}: {:?}", said(text));
        }
    }

    #[test]
    fn a_topic_is_a_whole_word_close_to_what_is_said() {
        let about = ["git".to_owned()];
        let topics = Topics::new([(7, &about[..], &[Meaning::Refused][..])].into_iter());
        let found = |text: &str| topics.find(text).iter().any(|(at, _)| *at == 7);
        assert!(found("git: 403 Forbidden"));
        assert!(!found("github: 403 Forbidden"));
        assert!(found("theGitTask: 403 Forbidden"));
        assert!(found("gitにアクセスできません: アクセスが拒否されました"));
        assert!(!found(&format!("git {} 403 Forbidden", "x ".repeat(300))));
    }

    #[test]
    fn a_rule_about_anything_waits_for_what_an_error_says() {
        let about = ["*".to_owned()];
        let topics = Topics::new([(7, &about[..], &[Meaning::Credential][..])].into_iter());
        assert_eq!(
            topics.find_in_errors("it broke\nWidget: 401 Unauthorized"),
            [(7, "Widget: 401 Unauthorized")]
        );
        assert!(topics.find_in_errors("Widget: 403 Forbidden").is_empty());
        assert!(topics.find("Widget: 401 Unauthorized").is_empty());
    }
}
