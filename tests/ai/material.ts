import { readFileSync } from 'node:fs'
import type { Material, MaterialPassage } from '#src/ai/provider.ts'

const fixtures = new URL('../fixtures/', import.meta.url)

/** A fixture as material: a passage a paragraph, `**Name:**` and `[00:12:34]` read off its beginning. */
export function fixtureMaterial(name: string): Material {
  return materialFrom(readFileSync(new URL(name, fixtures), 'utf8'), name)
}

export function materialFrom(text: string, id = 'source'): Material {
  const title = text.match(/^# (.+)$/m)?.[1] ?? 'Untitled'
  const passages: MaterialPassage[] = []
  for (const match of text.matchAll(/[^\n]+(?:\n[^\n]+)*/g)) {
    if (match[0].startsWith('# ')) continue
    const lead = match[0].match(/^(?:\*\*([^*\n]{1,60}):\*\* ?)?(?:\[(\d+):(\d+):(\d+)\] ?)?/)!
    const [whole, speaker, hours, minutes, seconds] = lead
    const start = match.index + whole.length
    const end = match.index + match[0].length
    passages.push({
      id: `${id}-${passages.length}`,
      start,
      end,
      text: text.slice(start, end),
      ...(speaker ? { speaker } : {}),
      ...(hours ? { timeMs: ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 } : {}),
    })
  }
  return { id, title, passages }
}

/** Enough plain prose for a post about one subject. */
export function proseAbout(subject: string, sentences = 24): string {
  const facts = [
    `The ${subject} opened in 1894 beside the old harbour road.`,
    `Engineers measured the ${subject} twice before the council approved the budget.`,
    `A fire in 1911 destroyed the eastern wing of the ${subject} and its records.`,
    `Volunteers from Porto and Leiden rebuilt the ${subject} with bricks from three ruined mills.`,
    `Visitors reached the ${subject} by ferry until the bridge was finished.`,
    `The curator of the ${subject} published a catalogue with four hundred drawings.`,
  ]
  const paragraphs: string[] = []
  for (let at = 0; at < sentences; at += 3) {
    const three = [0, 1, 2].map((step) => facts[(at + step) % facts.length]!.replace('19', String(19 + at)))
    paragraphs.push(three.join(' '))
  }
  return paragraphs.join('\n\n')
}
