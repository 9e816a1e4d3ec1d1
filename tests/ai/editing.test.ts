import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { cleanSentence } from '#src/ai/offline/clean-sentence.ts'
import { sentenceStarts } from '#src/ai/offline/cut-unpunctuated.ts'
import { english } from '#src/ai/offline/languages/en.ts'
import { namedTermsOf } from '#src/ai/offline/named-terms.ts'
import { offline } from '#src/ai/offline/offline.ts'
import sampleTalk from '#src/projects/sample-talk.md' with { type: 'text' }
import { expectCited, sentencesOf } from '#tests/ai/cited.ts'
import { context, draft } from '#tests/ai/draft.ts'
import { materialFrom } from '#tests/ai/material.ts'
import { captions, interview, retro } from '#tests/ai/transcripts.ts'

const talk = materialFrom(sampleTalk, 'talk')
const sources = [talk, interview, retro, captions]
const posts = await Promise.all(sources.map((source) => draft([source])))
const [talkPost, interviewPost, retroPost, captionsPost] = posts as [Post, Post, Post, Post]

type Post = Awaited<ReturnType<typeof draft>>

const headingsIn = ({ outline }: Post) => outline.sections.map(({ heading }) => heading)
const writings = ({ outline, sections }: Post) => [outline.summary, ...sections]
const textsIn = (post: Post) => writings(post).flatMap(({ markdown }) => sentencesOf(markdown))
const labelsIn = (markdown: string) => [...markdown.matchAll(/\*\*([^*]+):\*\* /g)].map((match) => match[1])

test('every sentence of every post cites its words', () => {
  for (const [at, post] of posts.entries())
    for (const writing of writings(post)) expectCited(writing, [sources[at]!])
})

describe('headings', () => {
  test('name a thing in the words of its speaker, never two bare nouns', () => {
    for (const [at, post] of posts.entries()) {
      const said = sources[at]!.passages.map(({ text }) => text.toLowerCase()).join(' ')
      for (const heading of headingsIn(post)) {
        expect(heading).not.toMatch(/^\S+ and \S+$/)
        expect(heading).toMatch(/^[\p{Lu}\p{N}]/u)
        expect(heading).not.toMatch(/^(?:it|he|she|they|this|that|\d+)$/i)
        expect(said).toContain(heading.toLowerCase().replace(/^(?:the|an?) /, ''))
      }
    }
  })

  test('are different, and none is a speaker', () => {
    for (const [at, post] of posts.entries()) {
      const headings = headingsIn(post)
      expect(new Set(headings).size).toBe(headings.length)
      const speakers = sources[at]!.passages.flatMap(({ speaker }) => speaker?.split(' ') ?? [])
      for (const heading of headings) expect(speakers).not.toContain(heading.replace(/^The /, ''))
    }
  })

  test('take the name that somebody gives', () => {
    expect(headingsIn(talkPost)).toContain('The breathing space')
    expect(headingsIn(talkPost)).toContain('A fencing token')
    expect(headingsIn(interviewPost)).toContain('The three-number talk')
  })

  test.each([
    ['The cure is called a fencing token.', 'a fencing token'],
    ['The technical term is idempotency, which is a dreadful word.', ' idempotency'],
    ['Our editors call it the coat check: you can show your ticket again.', 'the coat check'],
    ['We added a table that we called the outbox.', 'the outbox'],
    ['We called it the three strikes rule and moved on.', 'the three strikes rule'],
    ['The one coffee rule.', 'the one coffee rule'],
  ])('%p gives the name %p', (text, name) => {
    const names = namedTermsOf(text, english).map(({ article, words }) => `${article} ${words.join(' ')}`)
    expect(names.map((found) => found.toLowerCase())).toContain(name)
  })

  test.each([
    'The family called us at night.',
    'She called the police, and they came.',
    'Nobody knows what the number is.',
    'I called a friend of mine.',
  ])('%p names nothing', (text) => {
    expect(namedTermsOf(text, english)).toEqual([])
  })

  test('survive whatever a person says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const { words } of namedTermsOf(`It is called ${text}`, english)) {
          expect(words.length).toBeGreaterThan(0)
          expect(words.length).toBeLessThan(5)
        }
      }),
    )
  })
})

describe('the summary', () => {
  test('names no speaker, asks nothing and is one paragraph', () => {
    for (const { outline } of posts) {
      expect(labelsIn(outline.summary.markdown)).toEqual([])
      expect(outline.summary.markdown).not.toContain('\n')
      expect(outline.summary.markdown).not.toContain('?')
      expect(outline.summary.citations.length).toBeGreaterThanOrEqual(3)
    }
  })

  test('needs nothing that was said before', () => {
    for (const { outline } of posts) {
      for (const { text } of sentencesOf(outline.summary.markdown)) {
        expect(text).not.toMatch(
          /^(?:it|its|it's|that|this|these|those|they|he|she|so|but|and|because|which|then)\b/i,
        )
        expect(text).not.toMatch(/^the (?:second|third|other|same|latter) /i)
      }
    }
  })

  test('of a talk is in the voice of who gives it; of a meeting, in nobody’s', () => {
    expect(talkPost.outline.summary.citations.every(({ speaker }) => speaker === 'Maya Lindqvist')).toBe(true)
    expect(retroPost.outline.summary.markdown).not.toMatch(/\b(?:I|my|me)\b/)
  })

  test('does not begin as the first section begins', () => {
    for (const { outline, sections } of posts) {
      expect(outline.summary.citations[0]!.start).not.toBe(sections[0]!.citations[0]!.start)
    }
  })
})

describe('voices', () => {
  test('one speaker is never named, not even below an unnamed line', async () => {
    const line = { id: 'line', start: 0, end: 18, text: 'A talk for editors' }
    const own = talk.passages.filter(({ speaker }) => speaker === 'Maya Lindqvist')
    const passages = [line, ...own]
    const { body } = await draft([{ ...talk, id: 'alone', passages }])
    expect(labelsIn(body)).toEqual([])
  })

  test('a voice is named when it comes in, and not again until it changes', () => {
    for (const post of posts) {
      for (const { markdown } of post.sections) {
        const labels = labelsIn(markdown)
        for (const [at, label] of labels.entries()) expect(label).not.toBe(labels[at - 1])
      }
    }
    expect(labelsIn(talkPost.sections[0]!.markdown)).toEqual(['Maya Lindqvist'])
  })

  test('in a meeting every section says who speaks', () => {
    for (const { markdown } of retroPost.sections) expect(markdown).toStartWith('**')
  })

  test('interjections, echoes and what is said to one person are left out', () => {
    const text = posts.flatMap(textsIn).map((sentence) => sentence.text)
    for (const sentence of text) {
      expect(sentence).not.toMatch(/^(?:Famous last words|Ugh|Nineteen|Already dead|Actual beeswax)/)
      expect(sentence).not.toMatch(/^(?:Jo|Marcus), |T-shirt|Harlow|kick us off/)
    }
  })

  test('words said back to their speaker are not quoted, however long the post', async () => {
    const { sections } = await draft([interview], { words: 600 })
    const shop = sections.flatMap(({ citations }) => citations).filter(({ quote }) => /slow shop/.test(quote))
    expect(shop.map(({ speaker }) => speaker)).toEqual(['Oren'])
  })

  test('a question that no reader understands is left out, with the answer that needs it', () => {
    const text = textsIn(interviewPost).map((sentence) => sentence.text)
    expect(text).not.toContain('How does that happen to a person?')
    expect(text).not.toContain('I get that a lot.')
    expect(text).not.toContain('Is that an expensive fix?')
  })

  test('no section says the same sentence twice', () => {
    for (const post of posts) {
      for (const { markdown } of post.sections) {
        const text = sentencesOf(markdown).map((sentence) => sentence.text)
        expect(new Set(text).size).toBe(text.length)
      }
    }
  })
})

describe('captions without punctuation', () => {
  test('become sentences: a capital, a full stop, no housekeeping, a big I', () => {
    for (const { text } of textsIn(captionsPost)) {
      expect(text).toMatch(/^[\p{Lu}\p{N}].*[.!?]$/u)
      expect(text).not.toMatch(/\b(?:um|welcome back|subscribe)\b|(?<!\p{L})i(?!\p{L})/u)
      expect(text.split(' ').length).toBeLessThan(60)
    }
  })

  test('are not titled by their first words', () => {
    expect(captionsPost.outline.title).toBe('Starter')
  })

  test('are cut in order, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => {
        const starts = sentenceStarts(text, english)
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b))
        for (const start of starts) expect(text[start - 1]).toMatch(/\s/)
      }),
    )
  })

  test('a condition keeps what follows from it', () => {
    const text = "and if you feed it every twelve hours in the winter you're starving it by feeding it"
    expect(sentenceStarts(text, english)).toEqual([])
  })
})

test.each([
  [
    'It depends, I mean, to re-wax an instrument is forty hours of work.',
    'To re-wax an instrument is forty hours of work.',
  ],
  [
    'Keep it in the room you live in, in its case, all year.',
    'Keep it in the room you live in, in its case, all year.',
  ],
  [
    'The family called us, you know, understandably upset, and left.',
    'The family called us, understandably upset, and left.',
  ],
  ['The rule cut the pages by, I wanna say, seventy percent.', 'The rule cut the pages by seventy percent.'],
  ['In addition to the table, we wrote a log.', 'In addition to the table, we wrote a log.'],
  ['we fed it one to one to one at night', 'We fed it one to one to one at night.'],
  ["and i've seen it when i tested it", "I've seen it when I tested it."],
])('%p is cleaned to %p', (spoken, written) => {
  expect(cleanSentence(spoken, english, true).text).toBe(written)
})

test('who starts over in the middle of a sentence is not quoted', () => {
  const restarted = 'An accordion has, um, a full-size one has four hundred reeds.'
  expect(cleanSentence(restarted, english, true).unfit).toBe('broken')
})

describe('what a search shows', () => {
  const seo = (title: string, markdown: string) => offline.seo({ title, markdown, language: 'en' }, context())

  test.each([
    ['The drafts we never sent: what a newsroom taught us about queues and care', 'The drafts we never sent'],
    [
      'How we stopped publishing things twice, and what the editors made of it',
      'How we stopped publishing things twice',
    ],
    ['A short title', 'A short title'],
  ])('%p is cut to %p', async (title, short) => {
    expect((await seo(title, talkPost.body)).title).toBe(short)
  })

  test('a description is whole sentences that stand alone', async () => {
    for (const post of posts) {
      const { description } = await seo(post.outline.title, post.body)
      expect(description).toMatch(/[.!]$/)
      expect(description.length).toBeLessThanOrEqual(160)
      expect(description).not.toMatch(/^(?:it|that|this|they|he|she|so|but|and)\b/i)
    }
  })

  test('keywords are what one would search for', async () => {
    const { outline, sections } = talkPost
    const markdown = sections.map(({ heading, markdown }) => `## ${heading}\n\n${markdown}`).join('\n\n')
    const { keywords } = await seo(outline.title, markdown)
    expect(keywords).toEqual(expect.arrayContaining(['outbox', 'fencing token', 'breathing space']))
    for (const keyword of keywords) {
      expect(keyword).not.toMatch(/^(?:the|an?) |^(?:time|name|day|way|thing|people|number)s?$/i)
    }
  })
})
