import { expect, test } from 'bun:test'
import { importSource, importText } from '#src/sources/registry.ts'

/** The stored text, and of each passage speaker, milliseconds and words. */
async function read(fileName: string, captions: string) {
  const { text, passages } = await importSource({ fileName, bytes: new TextEncoder().encode(captions) })
  const notes = passages.map(({ start, end, speaker, timeMs }) => [speaker, timeMs, text.slice(start, end)])
  return { text, notes }
}

test('SubRip: byte order mark, CRLF, tags, dashes, a blank line inside, a missing number', async () => {
  const srt = `\uFEFF1
00:00:01,000 --> 00:00:02,000
{\\an8}- <i>Hello.</i>
- Hi there.

2
00:00:02,100 --> 00:00:03,000
ANNA: <font color="red">So</font>.

Still Anna, 3 < 4.

00:00:09,250 --> 00:00:10,000
>> Next one. >> And another.
4
00:00:10,000 --> 00:00:12,000
2024
`.replaceAll('\n', '\r\n')
  const { text, notes } = await read('talk.srt', srt)
  expect(notes).toEqual([
    [undefined, 1_000, 'Hello.'],
    [undefined, 1_000, 'Hi there.'],
    ['ANNA', 2_100, 'So. Still Anna, 3 < 4.'],
    [undefined, 9_250, 'Next one.'],
    [undefined, 9_250, 'And another. 2024'],
  ])
  expect(text).toBe('Hello.\n\nHi there.\n\nANNA: So. Still Anna, 3 < 4.\n\nNext one.\n\nAnd another. 2024')
})

test('WebVTT: voices, entities, identifiers; comments, styles and regions are left out', async () => {
  const vtt = `WEBVTT - A talk

NOTE nobody says
this

STYLE
::cue { color: red }

REGION
id:fred

intro
00:01.000 --> 00:02.000 line:0
<v Anna Smith>Hello <b>there</b>.</v>

2
00:02.500 --> 00:04.000
<v.loud Ben>Good &amp; fine &lt;b&gt;.
<v Anna Smith>Ah.

100:00:00.000 --> 100:00:01.500
<v Anna Smith>Much later.
`
  const { text, notes } = await read('talk.vtt', vtt)
  expect(notes).toEqual([
    ['Anna Smith', 1_000, 'Hello there.'],
    ['Ben', 2_500, 'Good & fine <b>.'],
    ['Anna Smith', 2_500, 'Ah.'],
    ['Anna Smith', 360_000_000, 'Much later.'],
  ])
  expect(text).toBe('Anna Smith: Hello there.\n\nBen: Good & fine <b>.\n\nAnna Smith: Ah.\n\nMuch later.')
})

test('rolling captions are read once', async () => {
  const vtt = `WEBVTT
Kind: captions

00:00:00.000 --> 00:00:02.000 align:start position:0%
 
hello<00:00:00.500><c> everyone</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
hello everyone
 

00:00:02.010 --> 00:00:04.000 align:start position:0%
hello everyone
and<00:00:03.000><c> welcome</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
and welcome
 

00:00:04.010 --> 00:00:06.000 align:start position:0%
and welcome
to the talk
`
  expect((await read('auto.vtt', vtt)).notes).toEqual([
    [undefined, 0, 'hello everyone and welcome to the talk'],
  ])
  const growing = `1
00:00:00,000 --> 00:00:01,000
so today

2
00:00:01,000 --> 00:00:02,000
so today we

3
00:00:02,000 --> 00:00:03,000
so today we begin
`
  expect((await read('live.srt', growing)).notes).toEqual([[undefined, 0, 'so today we begin']])
})

test('what is said twice is kept twice', async () => {
  const words = ['Fine.', 'No.', 'No.', 'Really?', 'Yes.', 'I see.', 'Good.']
  const srt = words
    .map((word, at) => `${at + 1}\n00:00:0${at},000 --> 00:00:0${at + 1},000\n${word}\n`)
    .join('\n')
  expect((await read('said.srt', srt)).text).toBe(words.join(' '))
})

test('paragraphs end at a pause, after the sentence past 500 characters, and where somebody else speaks', async () => {
  const caption = (at: number, text: string) => `${time(at)} --> ${time(at + 2)}\n${text}\n\n`
  const time = (seconds: number) => `${new Date(seconds * 1_000).toISOString().slice(11, 23)}`
  const sentence = 'This sentence has about fifty characters, no more.'
  const long = Array.from({ length: 14 }, (_, at) => caption(at * 2, sentence)).join('')
  const { notes } = await read('long.vtt', `WEBVTT\n\n${long}${caption(40, 'Later.')}`)
  expect(notes.map(([, , words]) => String(words).length)).toEqual([509, 203, 6])

  const zoom = `WEBVTT\n\n${caption(1, 'Anna Smith: Hello.')}${caption(3, 'Anna Smith: Well.')}${caption(5, 'Ben: Hi.')}`
  expect((await read('zoom.vtt', zoom)).notes).toEqual([
    ['Anna Smith', 1_000, 'Hello. Well.'],
    ['Ben', 5_000, 'Hi.'],
  ])
})

test('captions of scripts without spaces are joined without any', async () => {
  const srt = '1\n0:00:01,000 --> 0:00:02,000\n東京は\n\n2\n0:00:02,000 --> 0:00:03,000\n首都です。\n'
  expect((await read('ja.srt', srt)).text).toBe('東京は首都です。')
})

test('a file without captions is unreadable, one whose captions are empty has no text', async () => {
  await expect(read('a.srt', 'Just some words.')).rejects.toMatchObject({ kind: 'unreadable_file' })
  await expect(read('a.vtt', 'WEBVTT\n\nNOTE nothing')).rejects.toMatchObject({ kind: 'unreadable_file' })
  await expect(read('a.srt', '1\n00:00:01,000 --> 00:00:02,000\n\n')).rejects.toMatchObject({
    kind: 'invalid_request',
  })
  await expect(read('a.srt', '0:0 --> 0:0\n\n'.repeat(100_001))).rejects.toThrow('100,000')
})

test('captions that are pasted are read as captions', async () => {
  for (const text of [
    '\uFEFFWEBVTT\n\n00:01.500 --> 00:02.000\nHello.',
    '1\r\n00:00:01,500 --> 00:00:02,000\r\nHello.\r\n',
  ])
    expect(await importText({ text })).toEqual({
      title: 'Hello.',
      text: 'Hello.',
      passages: [{ start: 0, end: 6, timeMs: 1_500 }],
    })
})
