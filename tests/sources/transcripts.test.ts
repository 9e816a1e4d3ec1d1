import { expect, test } from 'bun:test'
import { splitPassages } from '#src/sources/passages.ts'

/** What a reader would note down: speaker, time in seconds, words. */
async function notes(text: string) {
  const passages = await splitPassages(text)
  return passages.map(({ start, end, speaker, timeMs }) => {
    const time = timeMs === undefined ? '' : `${timeMs / 1000}s`
    return [speaker ?? '', time, text.slice(start, end)].join('|')
  })
}

const dialogue = ['Anna||Hello there.', 'Ben||Good to be here.', 'Anna||Shall we begin?', 'Ben||Yes.']

const transcripts: Record<string, [string, string[]]> = {
  'bold labels': [
    '**Anna:** Hello there.\n\n**Ben:** Good to be here.\n\n**Anna:** Shall we begin?\n\n**Ben:** Yes.',
    dialogue,
  ],
  'bold labels, colon outside, no blank lines': [
    '**Anna**: Hello there.\n**Ben**: Good to be here.\n**Anna**: Shall we begin?\n**Ben**: Yes.',
    dialogue,
  ],
  'plain labels that come back': [
    'Anna: Hello there.\nBen: Good to be here.\nAnna: Shall we begin?\nBen: Yes.',
    dialogue,
  ],
  'a label on its own line with a colon': [
    'Anna:\nHello there.\n\nBen:\nGood to be here.\n\nAnna:\nShall we begin?\n\nBen:\nYes.',
    dialogue,
  ],
  'names alone above their lines': [
    'Anna\nHello there.\n\nBen\nGood to be here.\n\nAnna\nShall we begin?\n\nBen\nYes.',
    dialogue,
  ],
  'speech without punctuation': [
    'Anna: so hello and good to be here\nBen: yes so where do we begin today\nAnna: right',
    ['Anna||so hello and good to be here', 'Ben||yes so where do we begin today', 'Anna||right'],
  ],
  'full-width colons': [
    '田中：今日は。\n佐藤：どうも。\n田中：始めましょう。',
    ['田中||今日は。', '佐藤||どうも。', '田中||始めましょう。'],
  ],
  'capitals and roles': [
    'MODERATOR: Welcome.\nANNA SMITH: Thanks.\nMODERATOR: Questions?\nAudience member: Why now?\nANNA SMITH: Because.',
    [
      'MODERATOR||Welcome.',
      'ANNA SMITH||Thanks.',
      'MODERATOR||Questions?',
      'Audience member||Why now?',
      'ANNA SMITH||Because.',
    ],
  ],
  'questions and answers': [
    'Q: What is it?\nA: A tool.\n\nQ: For whom?\nA: For teams.',
    ['Q||What is it?', 'A||A tool.', 'Q||For whom?', 'A||For teams.'],
  ],
  'time in brackets, then a name': [
    '[00:12:34] Anna: Hello there.\n[00:12:40.5] Ben: Hi.',
    ['Anna|754s|Hello there.', 'Ben|760.5s|Hi.'],
  ],
  'time in brackets without a name': ['[0:05] Hello\n[0:09] World', ['|5s|Hello', '|9s|World']],
  'name, time in brackets, colon (Rev)': [
    'Anna Smith (00:12): Hello there.\nSpeaker 2 (01:02:03): Hi.',
    ['Anna Smith|12s|Hello there.', 'Speaker 2|3723s|Hi.'],
  ],
  'name and time above the lines (Rev)': [
    'Anna Smith (00:12):\nHello there.\n\nAnd more.\n\nBen (00:20):\nHi.',
    ['Anna Smith|12s|Hello there.', 'Anna Smith|12s|And more.', 'Ben|20s|Hi.'],
  ],
  'name and time above the lines (Otter, Teams)': [
    'Anna Smith  0:03\nHello there.\n\nBen van Dijk  1:15\nHi.\nFine.',
    ['Anna Smith|3s|Hello there.', 'Ben van Dijk|75s|Hi.\nFine.'],
  ],
  'name and time in paragraphs of their own (Word)': [
    'Anna Smith  0:03\n\nBerlin: we should go.\n\nBen  1:15\n\nHi.',
    ['Anna Smith|3s|Berlin: we should go.', 'Ben|75s|Hi.'],
  ],
  'name in brackets, time of recording (Zoom)': [
    '[Anna Smith] 00:05:02\nHello everybody.\n\n[Ben] 00:05:09\nHi.',
    ['Anna Smith|302s|Hello everybody.', 'Ben|309s|Hi.'],
  ],
  'bare time, then a name above the lines': [
    '00:12:34 Anna\nHello there.\n00:12:50 Ben\nHi.\n00:13:00 Anna\nGood.',
    ['Anna|754s|Hello there.', 'Ben|770s|Hi.', 'Anna|780s|Good.'],
  ],
  'bare times on lines of their own (YouTube)': [
    '0:00\nhello everyone\n0:04\nand welcome\nto the talk',
    ['|0s|hello everyone', '|4s|and welcome\nto the talk'],
  ],
  'bare time and label': ['00:01 Anna: Hello.\n00:04 Ben: Hi.', ['Anna|1s|Hello.', 'Ben|4s|Hi.']],
  'ranges of time (Whisper)': [
    '[00:00.000 --> 00:02.500]  Hello there.\n[00:02.500 --> 00:04.000]  Hi.',
    ['|0s|Hello there.', '|2.5s|Hi.'],
  ],
  'bold name, time outside': [
    '**Anna** [00:12:34]: Hello.\n\n**Ben** (00:13:00) Hi.',
    ['Anna|754s|Hello.', 'Ben|780s|Hi.'],
  ],
  'time, then a bold name': [
    '[00:12:34] **Anna:** Hello.\n\n**[00:13]** Hi.',
    ['Anna|754s|Hello.', 'Anna|13s|Hi.'],
  ],
  'a label, then a time in brackets': [
    'Anna: [00:00:03] Hello.\nBen: (1:05) Hi.\n\n**Anna:** [00:02:00] So.',
    ['Anna|3s|Hello.', 'Ben|65s|Hi.', 'Anna|120s|So.'],
  ],
  'times as headings (Google Meet)': [
    '### 00:05:00\n\nAnna Smith: Hello there.\nBen: Hi.\nAnna Smith: So.\nBen: Well.',
    ['Anna Smith|300s|Hello there.', 'Ben|300s|Hi.', 'Anna Smith|300s|So.', 'Ben|300s|Well.'],
  ],
  'a time of day says nothing about the recording': [
    'Anna  10:05 AM\nHello.\nBen  10:06 AM\nHi.\n**Anna** [10:07 am]: So.',
    ['Anna||Hello.', 'Ben||Hi.', 'Anna||So.'],
  ],
}

for (const [form, [text, expected]] of Object.entries(transcripts)) {
  test(`speakers and times are read from ${form}`, async () => {
    expect(await notes(text)).toEqual(expected)
  })
}

const prose: Record<string, string> = {
  'a note': 'Note: this matters.\n\nWarning: so does this.\n\nNote: and this.',
  'an address': 'http://example.com is where it was.\n\nhttp://example.org is where it is.',
  'a recipe': 'Ingredients: flour, eggs.\n\nMethod: mix.\n\nIngredients: milk.\n\nMethod: stir.',
  'a year': 'In 2019: nothing happened.\n\nIn 2020: a lot did.\n\nIn 2019: really nothing.',
  'a single label': 'Paris: the city of light.\n\nIt was warm that day.',
  data: 'Colour: red\nWeight: 12\n\nColour: blue\nWeight: 14',
  steps: 'Step 1: begin.\nStep 2: go on.\nStep 1: begin again.',
  'a time of day': '12:30 we had lunch with everybody.\n\nThen we went home.',
  'a reference in bold': `${'A paragraph.\n\n'.repeat(12)}**Output:** a string.\n\n**Output:** a number.`,
  'an agenda': 'Doors  9:00\nCoffee  15:00\nHome  18:00\n\nRegistration - 9:00\nGet your badge.',
  'lines of a poem': 'Roses\nare red\n\nViolets\nare blue',
}

for (const [kind, text] of Object.entries(prose)) {
  test(`prose is not taken for a transcript: ${kind}`, async () => {
    const passages = await splitPassages(text)
    expect(passages.map(({ speaker, timeMs }) => speaker ?? timeMs)).toEqual(passages.map(() => undefined))
    expect(passages.map(({ start, end }) => text.slice(start, end)).join('\n\n')).toBe(text)
  })
}

test('a list of definitions in bold has no speakers, a talk with a bold label has', async () => {
  const definitions = '**Speed:** fast.\n\n**Cost:** low.\n\n**Care:** none.'
  expect((await splitPassages(definitions)).every(({ speaker }) => speaker === undefined)).toBe(true)
  expect(await notes('**Anna:** One.\n\nTwo.')).toEqual(['Anna||One.', 'Anna||Two.'])
})
