/**
 * What the writer knows about a language. Only `tag` and `stopWords` are needed;
 * each further list makes the prose better. Words are lower case and separated by spaces, phrases by `|`.
 */
export type LanguageWords = {
  tag: string
  stopWords: string
  and?: string
  /** A sentence that starts so points back at the one before it. */
  backReferences?: string
  backPhrases?: string
  /** Inside a sentence these look back as well, unless it named someone before. */
  pronouns?: string
  /** After these words a demonstrative still points back: `in this case`. */
  prepositions?: string
  demonstratives?: string
  /** Links to the sentence before: kept beside it, taken away where it is left out. */
  connectives?: string
  /** Links that add nothing in speech, even beside the sentence before. */
  thinLinks?: string
  /** Words that open a spoken sentence and say nothing. */
  openers?: string
  /** Answers that are empty without their question. */
  answers?: string
  /** Sounds: taken away wherever they stand. */
  hesitations?: string
  /** Taken away where commas set them off, or at either end. */
  fillers?: string
  /** What stands before them was a false start. */
  repairs?: string
  /** A question that starts so asks for a favour, not for an answer. */
  requests?: string
  /** What is said to the room, not about the subject: such a sentence is left out. */
  housekeeping?: string
  firstPerson?: string
  secondPerson?: string
  determiners?: string
  /** Between two nouns these make one phrase of them: `key of the request`. */
  joiners?: string
  /** Finite verbs and auxiliaries: a sentence without any is likely a fragment. */
  verbs?: string
  /** Nouns that say too little to stand in a heading. */
  vague?: string
  abbreviations?: string
  nounsCapitalised?: boolean
}

export type Language = {
  tag: string
  stopWords: ReadonlySet<string>
  and: string
  backReferences: ReadonlySet<string>
  backPhrases: readonly string[]
  pronouns: ReadonlySet<string>
  prepositions: ReadonlySet<string>
  demonstratives: ReadonlySet<string>
  connectives: readonly string[]
  thinLinks: readonly string[]
  openers: readonly string[]
  answers: ReadonlySet<string>
  hesitations: readonly string[]
  fillers: readonly string[]
  repairs: readonly string[]
  requests: readonly string[]
  housekeeping: readonly string[]
  firstPerson: ReadonlySet<string>
  secondPerson: ReadonlySet<string>
  determiners: ReadonlySet<string>
  joiners: ReadonlySet<string>
  verbs: ReadonlySet<string>
  vague: ReadonlySet<string>
  abbreviations: ReadonlySet<string>
  nounsCapitalised: boolean
}

export function defineLanguage(from: LanguageWords): Language {
  return {
    tag: from.tag,
    stopWords: wordSet(from.stopWords),
    and: from.and ?? '',
    backReferences: wordSet(from.backReferences),
    backPhrases: phraseList(from.backPhrases),
    pronouns: wordSet(from.pronouns),
    prepositions: wordSet(from.prepositions),
    demonstratives: wordSet(from.demonstratives),
    connectives: phraseList(from.connectives),
    thinLinks: phraseList(from.thinLinks),
    openers: phraseList(from.openers),
    answers: wordSet(from.answers),
    hesitations: phraseList(from.hesitations),
    fillers: phraseList(from.fillers),
    repairs: phraseList(from.repairs),
    requests: phraseList(from.requests),
    housekeeping: phraseList(from.housekeeping),
    firstPerson: wordSet(from.firstPerson),
    secondPerson: wordSet(from.secondPerson),
    determiners: wordSet(from.determiners),
    joiners: wordSet(from.joiners),
    verbs: wordSet(from.verbs),
    vague: wordSet(from.vague),
    abbreviations: wordSet(from.abbreviations),
    nounsCapitalised: from.nounsCapitalised ?? false,
  }
}

function wordSet(words = ''): ReadonlySet<string> {
  return new Set(words.split(/\s+/).filter(Boolean))
}

/** Longest first, so that an alternation of them prefers `and so` to `and`. */
function phraseList(phrases = ''): readonly string[] {
  const list = phrases.split('|').map((phrase) => phrase.trim())
  return list.filter(Boolean).sort((a, b) => b.length - a.length)
}
