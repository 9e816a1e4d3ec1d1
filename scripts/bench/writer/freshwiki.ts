import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Material } from '#src/ai/provider.ts'

/** FreshWiki has no paragraphs: this many sentences of one subsection stand for one. */
const PARAGRAPH_SENTENCES = 4

export type Article = {
  title: string
  lead: string
  entities: string[]
  /** The body without headings, as a source. */
  material: Material
  /** Index of the section that each passage belongs to. */
  sections: number[]
  words: number
}

type Section = { section_title: string; section_content: { sentence: string }[]; subsections: Section[] }
type Entry = { title: string; summary: string; content: Section[]; flair_entities: string[] }

/** Reads the articles of FreshWiki (Shao et al. 2024), headings stripped. */
export function readArticles(folder: string): Article[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => articleOf(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Entry))
}

function articleOf(entry: Entry): Article {
  const passages: Material['passages'] = []
  const sections: number[] = []
  let at = 0
  for (const [index, section] of entry.content.entries()) {
    for (const text of paragraphsOf(section)) {
      passages.push({ id: `p${passages.length}`, start: at, end: at + text.length, text })
      sections.push(index)
      at += text.length + 2
    }
  }
  const title = entry.title.replaceAll('_', ' ')
  return {
    title,
    lead: entry.summary,
    entities: entry.flair_entities,
    material: { id: title, title, passages },
    sections,
    words: passages.reduce((sum, { text }) => sum + plainWords(text).length, 0),
  }
}

function paragraphsOf(section: Section): string[] {
  const sentences = section.section_content
    .map(({ sentence }) => sentence.trim())
    .filter(Boolean)
    .map((sentence) => (/[.!?]["”]?$/.test(sentence) ? sentence : `${sentence}.`))
  const own: string[] = []
  for (let at = 0; at < sentences.length; at += PARAGRAPH_SENTENCES) {
    own.push(sentences.slice(at, at + PARAGRAPH_SENTENCES).join(' '))
  }
  return [...own, ...section.subsections.flatMap(paragraphsOf)]
}

/** Words by white space, as a reader counts them. */
export const plainWords = (text: string) => text.split(/\s+/).filter(Boolean)

export const bodyOf = ({ material }: Article) => material.passages.map(({ text }) => text).join(' ')
