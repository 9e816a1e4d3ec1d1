import { describe, expect, test } from 'bun:test'
import { digestNotice } from '#src/ai/offline/digest-notice.ts'
import { offline } from '#src/ai/offline/offline.ts'
import { providerNames, providers } from '#src/ai/registry.ts'
import { AppError } from '#src/errors.ts'
import sampleTalk from '#src/projects/sample-talk.md' with { type: 'text' }
import { expectCited, sentencesOf } from '#tests/ai/cited.ts'
import { context, draft, wordsIn } from '#tests/ai/draft.ts'
import { fixtureMaterial, materialFrom, proseAbout } from '#tests/ai/material.ts'

const talk = materialFrom(sampleTalk, 'talk')

describe('a post from a talk', async () => {
  const post = await draft([talk])
  const summary = post.outline.summary
  const writings = [summary, ...post.sections]

  test('cites every sentence with the words, the speaker and the time of its passage', () => {
    for (const writing of writings) expectCited(writing, [talk])
    const times = writings.flatMap(({ citations }) => citations.map(({ time }) => time))
    expect(times.every((time) => /^\d\d:\d\d:\d\d$/.test(time ?? ''))).toBe(true)
  })

  test('leaves out fillers, greetings and what was said to the room', () => {
    const text = `${summary.markdown}\n${post.body}`
    expect(text).not.toMatch(/\b(?:um|uh|you know|i mean|sort of|like,)\b/i)
    expect(text).not.toMatch(
      /good morning|thank|next slide|hear me|my name is|great question|questions\?|come and find/i,
    )
    expect(text).not.toMatch(/\b(\w+),? \1\b/i)
  })

  test('never starts a paragraph with a word that points back', () => {
    const openings = writings
      .flatMap(({ markdown }) => sentencesOf(markdown))
      .filter(({ opensParagraph }) => opensParagraph)
    for (const { text } of openings) {
      if (!/\?$/.test(text))
        expect(text).not.toMatch(/^(?:it|that|this|these|those|they|he|she|so|but|and|which)\b/i)
    }
  })

  test('answers every question it asks', () => {
    for (const { markdown, citations } of writings) {
      const sentences = sentencesOf(markdown)
      for (const [at, { text }] of sentences.entries()) {
        if (!text.endsWith('?')) continue
        expect(citations[at + 1]).toBeDefined()
        expect(citations[at + 1]!.start).toBeGreaterThan(citations[at]!.end)
      }
    }
  })

  test('names who speaks when the voice changes', () => {
    for (const { markdown, citations } of post.sections) {
      for (const [at, citation] of citations.entries()) {
        const before = citations[at - 1]
        if (!before || before.speaker === citation.speaker) continue
        const paragraph = markdown.split('\n\n').find((text) => text.includes(`[^${citation.marker}]`))!
        expect(paragraph.startsWith(`**${citation.speaker}:** `)).toBe(true)
      }
    }
  })

  test('has three to nine sections, named apart, never after a speaker', () => {
    const headings = post.outline.sections.map(({ heading }) => heading)
    expect(headings.length).toBeGreaterThanOrEqual(3)
    expect(headings.length).toBeLessThanOrEqual(9)
    expect(new Set(headings).size).toBe(headings.length)
    for (const heading of headings)
      expect(heading).not.toMatch(/^(?:Maya|Lindqvist|Tomás|Ferreira|Ingrid|Aas)$/i)
  })

  test('sets paragraphs of at most five sentences', () => {
    for (const paragraph of post.body.split('\n\n')) {
      expect(paragraph.match(/\[\^\d+\]/g)!.length).toBeLessThanOrEqual(5)
    }
  })

  test('comes out the same every time', async () => {
    expect(await draft([talk])).toEqual(post)
  })

  test('takes every passage of the talk into exactly one section', () => {
    const ids = post.chapters.flatMap(({ passageIds }) => passageIds)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(talk.passages.map(({ id }) => id).toSorted())
  })
})

describe('what the caller asks for', () => {
  test.each([300, 600, 900])('%d words come out within a fifth', async (words) => {
    const { body } = await draft([talk], { words })
    expect(wordsIn(body)).toBeGreaterThan(words * 0.8)
    expect(wordsIn(body)).toBeLessThan(words * 1.2)
  })

  test('the title and the number of sections are kept', async () => {
    const { outline } = await draft([talk], { title: 'Only once', sections: 4 })
    expect(outline.title).toBe('Only once')
    expect(outline.sections).toHaveLength(4)
  })

  test('a formal tone speaks less in the first person than a friendly one', async () => {
    const first = async (tone: 'formal' | 'friendly') => {
      const { body } = await draft([talk], { tone, words: 500 })
      return body.match(/\b(?:I|we|my|our|us|me)\b/gi)?.length ?? 0
    }
    expect(await first('formal')).toBeLessThan(await first('friendly'))
  })

  test('a technical tone brings more figures and terms than a formal one', async () => {
    const source = materialFrom(
      `${proseAbout('lighthouse')}\n\nThe beam used a 1,000 W lamp at 220 V. The A-12 lens weighs 35 kg and turns at 4 rpm.`,
    )
    const { body } = await draft([source], { tone: 'technical', words: 80 })
    expect(body).toMatch(/220 V|A-12/)
  })

  test('a heading added by hand gets the passages that speak of it', async () => {
    const outline = await offline.outline([talk], {}, context())
    outline.sections.push({
      key: 'by-hand',
      heading: 'The fencing token and the lease',
      words: 80,
      passageIds: [],
    })
    const chapters = await offline.chapters(outline, [talk], {}, context())
    const section = await offline.section(chapters.at(-1)!, [talk], {}, context())
    expect(section.markdown).toMatch(/fencing token|lease/)
    expectCited(section, [talk])
  })
})

describe('writing as it goes', () => {
  test('the pieces join to the section', async () => {
    const { chapters, sections } = await draft([talk])
    const pieces: string[] = []
    const onText = (delta: string) => void pieces.push(delta)
    const section = await offline.section(chapters[0]!, [talk], {}, { ...context(), onText })
    expect(pieces.length).toBe(section.citations.length)
    expect(pieces.join('')).toBe(section.markdown)
    expect(section).toEqual(sections[0]!)
  })

  test('cancelling stops it with the reason, at once or between sentences', async () => {
    const reason = new Error('the writer went home')
    const done = { signal: AbortSignal.abort(reason) }
    expect(offline.outline([talk], {}, done)).rejects.toBe(reason)
    const { chapters } = await draft([talk])
    const controller = new AbortController()
    const onText = () => controller.abort(reason)
    const section = offline.section(chapters[0]!, [talk], {}, { signal: controller.signal, onText })
    expect(section).rejects.toBe(reason)
  })
})

describe('sources', () => {
  test('their own headings are the sections', async () => {
    const parts = ['Harbour', 'Library', 'Theatre'].map((heading) => ({
      heading,
      text: proseAbout(heading.toLowerCase(), 9),
    }))
    let start = 0
    const passages = parts.flatMap(({ heading, text }) =>
      text.split('\n\n').map((paragraph) => {
        const passage = {
          id: `p${start}`,
          start,
          end: start + paragraph.length,
          text: paragraph,
          heading,
          headingLevel: 2,
        }
        start += paragraph.length + 2
        return passage
      }),
    )
    const { outline } = await draft([{ id: 'notes', title: 'Town notes', passages }])
    expect(outline.sections.map(({ heading }) => heading)).toEqual(['Harbour', 'Library', 'Theatre'])
  })

  test('several of them all have their say, each in one piece', async () => {
    const material = [materialFrom(proseAbout('harbour'), 'a'), materialFrom(proseAbout('observatory'), 'b')]
    const { sections } = await draft(material)
    for (const section of sections) expectCited(section, material)
    const order = sections.flatMap(({ citations }) => citations.map(({ sourceId }) => sourceId))
    expect(order).toEqual(order.toSorted())
    expect(new Set(order)).toEqual(new Set(['a', 'b']))
  })

  test('too short a source says how much there is and how much it takes', async () => {
    const attempt = offline.outline([materialFrom('Only a few words here.')], {}, context())
    const error = await attempt.catch((reason) => reason)
    expect(error).toBeInstanceOf(AppError)
    expect(error.kind).toBe('source_too_short')
    expect(error.message).toMatch(/5 words.*100/)
    const japanese = await offline
      .outline([materialFrom('これは短い文章です。')], {}, context())
      .catch((reason) => reason)
    expect(japanese.message).toMatch(/9 characters.*200/)
  })

  test('nothing at all is too short, not a crash', async () => {
    for (const material of [[], [{ id: 'a', title: '', passages: [] }], [materialFrom('\n\n   \n')]]) {
      const error = await offline.outline(material, {}, context()).catch((reason) => reason)
      expect(error.kind).toBe('source_too_short')
    }
  })
})

describe('languages', () => {
  test('a German interview stays German, and its answers keep their word order', async () => {
    const interview = fixtureMaterial('interview.de.md')
    const { outline, sections, body } = await draft([interview])
    expect(outline.language).toBe('de')
    for (const section of sections) expectCited(section, [interview])
    expect(body).not.toMatch(/\b(?:ähm|äh|sozusagen|vielen Dank|Guten Tag)\b/i)
    expect(body).not.toMatch(/z\. B\.\[\^/)
    for (const { text } of sentencesOf(body.replaceAll('\n\n', ' ')))
      expect(text).not.toMatch(/^Haben wir .*\.$/)
  })

  test('a Japanese essay is written without spaces between its sentences', async () => {
    const essay = fixtureMaterial('essay.ja.md')
    const { outline, sections, body } = await draft([essay])
    expect(outline.language).toBe('ja')
    for (const section of sections) expectCited(section, [essay])
    expect(body).not.toMatch(/\] \S/)
  })

  test.each([
    ['th', 'ห้องสมุดเล็กแห่งนี้เปิดให้บริการมากว่าห้าสิบปีในเมืองเชียงใหม่ ชาวบ้านช่วยกันบริจาคหนังสือหลายพันเล่ม '],
    ['zh', '这座小图书馆位于城市北部,已经开放了五十年。居民们捐赠了几千本书,并且每周整理一次书架。'],
    [
      'ar',
      'افتتحت المكتبة الصغيرة قبل خمسين عاما في شمال المدينة. تبرع السكان بآلاف الكتب القديمة والخرائط النادرة. ',
    ],
    [
      'ru',
      'Маленькая библиотека открылась пятьдесят лет назад на севере города. Жители подарили тысячи старых книг и карт. ',
    ],
  ])('%s is neither refused nor empty', async (language, line) => {
    const text = Array.from({ length: 12 }, (_, at) => `${line}${at + 10}. `.repeat(2)).join('\n\n')
    const source = materialFrom(text)
    const { outline, sections } = await draft([source])
    expect(outline.language).toBe(language)
    for (const section of sections) {
      expect(section.citations.length).toBeGreaterThan(0)
      expectCited(section, [source])
    }
  })
})

describe('what search engines and pictures get', async () => {
  const { outline, sections, body } = await draft([talk])

  test('keeps within the limits, with a slug of words', async () => {
    const seo = await offline.seo({ title: outline.title, markdown: body, language: 'en' }, context())
    expect(seo.title.length).toBeLessThanOrEqual(60)
    expect(seo.description.length).toBeGreaterThan(60)
    expect(seo.description.length).toBeLessThanOrEqual(160)
    expect(seo.description).not.toMatch(/\[\^|\*\*/)
    expect(seo.slug).toMatch(/^[\p{Ll}\p{Lo}\p{N}]+(-[\p{Ll}\p{Lo}\p{N}]+)*$/u)
    expect(new Set(seo.keywords).size).toBe(seo.keywords.length)
    expect(seo.keywords.length).toBeGreaterThan(2)
  })

  test.each(['', '   ', '!!!', '🦆🦆', 'Ümläut & Straße', '小さな図書室', 'ﬁne ①', 'x'.repeat(61)])(
    'makes a valid slug of %p',
    async (title) => {
      const { slug } = await offline.seo({ title, markdown: '', language: 'en' }, context())
      expect(slug).toMatch(/^[\p{Ll}\p{Lo}\p{N}]+(-[\p{Ll}\p{Lo}\p{N}]+)*$/u)
    },
  )

  test('knows no language, and still finds words', async () => {
    const seo = await offline.seo({ title: 'x', markdown: body, language: 'no such language!' }, context())
    expect(seo.description).not.toBe('')
  })

  test('a picture a section, without writing in it', async () => {
    const prompts = await offline.imagePrompts(sections, context())
    expect(prompts.map(({ key }) => key)).toEqual(sections.map(({ key }) => key))
    for (const { prompt, alt } of prompts) {
      expect(prompt).toMatch(/Subject: .+ Setting: .+ Style: .+ No text/)
      expect(alt.length).toBeGreaterThan(5)
    }
  })
})

test('the notice names the sources, and counts those it does not name', () => {
  expect(digestNotice(['A talk'])).toBe('This post is a digest of “A talk”, in the words of the source.')
  expect(digestNotice(['A', 'B', 'C', 'D', 'E'])).toMatch(/“A”, “B”, “C” and 2 more sources/)
})

test('the registry knows each provider by the name it has', () => {
  for (const name of providerNames) expect(providers[name].name).toBe(name)
})
