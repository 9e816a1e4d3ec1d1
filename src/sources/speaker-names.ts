const NAME_CHARS_MAX = 48
const NAME_WORDS_MAX = 5

const NAME_CHARS = /^[\p{L}\p{M}\p{N}\s.'’_&/()@-]+$/u
/** Small words inside names: "Ludwig van Beethoven", "Anna and Ben". */
const PARTICLES = new Set(
  `al and bin da das de del della den der di do dos du e el et ibn la le of ten ter the und van von y
  zu`.split(/\s+/),
)
/** Who may stand first in a label whose other words are small: "Audience member", "Unknown speaker 2". */
const ROLES = new Set(
  `audience speaker unknown unidentified guest host co-host interviewer interviewee moderator participant
  panelist question man woman male female student caller operator narrator sprecher sprecherin moderatorin
  publikum zuschauer locuteur intervenant hablante entrevistador`.split(/\s+/),
)
/** Words that stand before a colon in ordinary prose, lists, recipes, reports and message headers. */
const NOT_NAMES = new Set(
  `a about above according achtung action actions advantages advice after age agenda also although an
  and announcement another answers any as assumption at attendees attention author authors background
  bad because before beispiel below benefits bonus but by categories category cause caution cc
  challenge challenges chapter city company con conclusion cons constant context copyright country
  date dates datum december decision decisions default defaults definition delay description details
  development direction directions disclaimer discussion draft duration each edit ejemplo email even
  every example examples exception exemple exercise fact facts fazit feature features february figure
  file files final finally first fix fixme for formula friday from function further fyi goal goals
  good hashtag help hence here hint hinweis how however i idea ideas if important importante in info
  ingredients ingrédients inhalt input instructions internet introduction is issue it its january july
  keywords kind language last later lesson let level license limits link links list location look
  lunch macro march material meaning meeting method methods monday more motto my name nb next nota
  note notes november now objective october often on once one only option options or order ort other
  our outcome output overview page part password phase phone place plan please point points
  prerequisites previous price prices pro problem problems process pros ps purpose quelle question
  question-answer questions quote rating re reading reason reasons recap recipe reference references
  related remark remarque remember reminder required requirements result results returns rule rules
  saturday scene schedule second section see september serves servings several since size so solution
  solutions some source sources spoiler stability state status step steps stichpunkte subject subtitle
  such sum summary sunday symptom symptoms table tag tags takeaway takeaways target task tasks teil
  tel test that the their then there therefore these they third this those thursday time timeline tip
  tipp tips title to today todo tomorrow tools topic topics total translation tuesday type update
  updated url usage version via video views vorteile warning warnung we website wednesday week what
  when where which while who why wichtig with workaround year yes yesterday yield your zubereitung
  zutaten 例 例如 備考 备注 摘要 结论 結論 注 注意 注释 附`.split(/\s+/),
)
const PLAIN_QA = /^[QA]\d{0,2}$/

/**
 * Whether a label reads as somebody's name or role: one to five capitalised words (or words of a script
 * without capitals), "Speaker 2", "SPEAKER_00", "Audience member", "Q"; not "Note", "Step 3" or "In 2019".
 */
export function isName(label: string): boolean {
  if (label.length === 0 || label.length > NAME_CHARS_MAX || !NAME_CHARS.test(label)) return false
  if (PLAIN_QA.test(label)) return true
  const words = label.split(/\s+/)
  const first = words[0]!.toLowerCase()
  if (words.length > NAME_WORDS_MAX || NOT_NAMES.has(first.replace(/[.)]+$/, '')) || /^\P{L}/u.test(first))
    return false
  return words.every((word, at) => isNameWord(word) || (at > 0 && (ROLES.has(first) || PARTICLES.has(word))))
}

/** One speaker, one spelling: white space collapsed, the colon and Markdown's emphasis gone. */
export function cleanName(label: string): string {
  return label
    .replace(/[*:：]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^From (.+) to (?:Everyone|Hosts and panelists)$/i, '$1')
}

/** Capitalised, of a script without capitals, a number of up to three digits, or in brackets: "(Host)". */
function isNameWord(word: string): boolean {
  return /^\(?[\p{Lu}\p{Lt}\p{Lo}]/u.test(word) || /^[@#]?\d{1,3}$/.test(word) || /^\(.{1,30}\)$/.test(word)
}
