import type { Article } from '#scripts/bench/writer/freshwiki.ts'
import { plainWords } from '#scripts/bench/writer/freshwiki.ts'
import { offline } from '#src/ai/offline/offline.ts'
import type { Material, WritingOptions } from '#src/ai/provider.ts'

const SPEAKERS = ['Ada', 'Ben', 'Chiara']
const TURN_SECONDS = 40

export type Load = {
  words: number
  cpuSeconds: number
  wallSeconds: number
  peakRssMb: number
  longestStallMs: number
}

/** Articles as one long conversation: each paragraph a speaker's turn, until there are enough words. */
export function transcriptOf(articles: readonly Article[], words: number): Material {
  const passages: Material['passages'] = []
  let length = 0
  let at = 0
  while (length < words) {
    for (const { text } of articles.flatMap(({ material }) => material.passages)) {
      if (length >= words) break
      passages.push({
        id: `turn${passages.length}`,
        start: at,
        end: at + text.length,
        text,
        speaker: SPEAKERS[passages.length % SPEAKERS.length]!,
        timeMs: passages.length * TURN_SECONDS * 1000,
      })
      at += text.length + 2
      length += plainWords(text).length
    }
  }
  return { id: 'transcript', title: 'A long conversation', passages }
}

/** Drafts a whole post, every step, and watches what that costs the process. */
export async function measureDraft(material: Material, options: WritingOptions = {}): Promise<Load> {
  const context = { signal: new AbortController().signal }
  const stall = watchStalls()
  const cpuBefore = process.cpuUsage()
  const started = performance.now()
  const outline = await offline.outline([material], options, context)
  const sections = []
  for (const chapter of await offline.chapters(outline, [material], options, context)) {
    sections.push(await offline.section(chapter, [material], options, context))
  }
  const markdown = sections.map((section) => section.markdown).join('\n\n')
  await offline.seo({ title: outline.title, markdown, language: outline.language }, context)
  await offline.imagePrompts(sections, context)
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    words: material.passages.reduce((sum, { text }) => sum + plainWords(text).length, 0),
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - started) / 1000,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    longestStallMs: stall.stop(),
  }
}

/** The longest time the event loop did not come round. */
function watchStalls() {
  let longest = 0
  let last = performance.now()
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(tick, 1)
  timer.unref()
  return {
    stop: () => {
      tick()
      clearInterval(timer)
      return longest
    },
  }
}
