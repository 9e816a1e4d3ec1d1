import type { Material } from '#src/ai/provider.ts'

/** Spoken material as people have it: crosstalk and half sentences, a meeting, captions without a stop. */
export const interview = turns('The repair shop hour', [
  ['Dana', 'Hey everybody, welcome back to the Repair Shop Hour, and with me is Oren, who fixes accordions.'],
  ['Oren', "Hi. Hi, thanks for having me, it's, it's great to be here."],
  ['Dana', 'So I have to ask. How does, how does that happen to a person?'],
  [
    'Oren',
    'Yeah, I get that a lot. [laughter] So, I mean, my grandfather had one of these instruments in the attic. The bellows were torn, half the reeds were stuck, it smelled like, you know, like a wet dog. And I was nineteen and I had no money and I thought the repair would take a weekend.',
  ],
  ['Dana', 'Famous last words.'],
  [
    'Oren',
    'Famous last words, exactly. An accordion has, um, a full-size one has four hundred and forty reeds. Every reed is a little strip of steel, and a reed plate is held down with beeswax. Actual beeswax, mixed with rosin. The wax is the part that dies first, because after forty years the wax dries out and cracks. Then the reed plate leaks air around the edges, and you get a wheezy note that goes flat.',
  ],
  ['Dana', 'Is that, is that an expensive fix?'],
  [
    'Oren',
    "It depends, I mean, to re-wax a whole instrument is maybe forty hours of work. For a lot of instruments the price of that work is more than the market price. So what I do is give people three numbers before I touch a screw. I call it the three-number talk. I tell people what it's worth on the market, what it costs to fix, and what it would cost to make five songs playable again. Most people pick the third number, because nobody needs four hundred reeds.",
  ],
  ['Dana', 'How did you learn to run a repair business?'],
  [
    'Oren',
    'I used to take everything in, and I had ninety instruments in the shop, and everybody was angry at me. Nothing comes through the door now until its slot comes up. The waiting list is seven months long, and nobody is angry. A bike mechanic in Utrecht told me that a full shop is not a busy shop, a full shop is a slow shop.',
  ],
  [
    'Dana',
    "A full shop is a slow shop. That's going on a T-shirt. This episode is brought to you by Harlow Screws.",
  ],
  [
    'Oren',
    'There was a flood in Nebraska, and a man drove eleven hours with a bayan that had been underwater for two days. The trouble with a flood is not the water but the drying. If you dry it fast the wood splits. So I put it in a tent with a humidifier for five months. Keep an accordion in the room you live in, in its case, standing the way it stands when you play it.',
  ],
])

export const retro = turns('Sprint 31 retro', [
  ['Priya', 'Okay, can everyone see the board? Sam, you wanna kick us off?'],
  [
    'Sam',
    'Yeah, sure. Um, so the checkout migration is done. We moved the last two percent of traffic off the old payment service on Wednesday. For three weeks we sent every payment request to both services and compared the answers. The new service rounded Japanese yen to two decimals, and we would have charged people wrong.',
  ],
  ['Priya', 'Nice. What made the migration go so smoothly?'],
  [
    'Sam',
    'I think it was the shadow traffic. Shadow traffic should be the default for anything that touches money. It also gave us real latency numbers before the cutover, so nobody was guessing.',
  ],
  ['Priya', 'Jo, you put a sticky about the on-call.'],
  [
    'Jo',
    'So, um, I had on-call this sprint and I got paged nineteen times. Nineteen. Fourteen of the pages were the same disk alert on the log shippers. The rotation kicks in after ten minutes and the disk alert fixes itself. On Friday the replica was two hours behind, and I acknowledged the page without reading it.',
  ],
  ['Sam', 'Ugh. Yeah.'],
  [
    'Marcus',
    'We had a rule for that at my last job. We called it the three strikes rule. Any alert that fired three times without an action got moved to a daily email. You had to write a sentence to get the alert back. The rule cut the pages by, I wanna say, seventy percent in a quarter.',
  ],
  ['Priya', 'Marcus, can you kill that job right after this?'],
  [
    'Marcus',
    'Already dead. The search index was rebuilt every night by a cron job that nobody owned. The cron job ran under an account of somebody who left in January. Every scheduled job should live in the repository and have an owner and a heartbeat. A job without a heartbeat is a rumour.',
  ],
])

export const captions: Material = (() => {
  const text =
    `hey guys welcome back to the channel so today i want to talk about sourdough starters um so first of all a
starter is just flour and water that has been colonized by wild yeast and lactic acid bacteria and the yeast makes the gas
that makes the bread rise and the bacteria make the acid that makes the bread taste sour okay so the number one mistake
that i see is temperature and people follow a recipe that says feed your starter every twelve hours but that recipe was
written by somebody in a warm kitchen and your kitchen is sixty two degrees in january and if you feed your starter every
twelve hours you're actually diluting it faster than it can grow so you want to feed your starter when it peaks and not
when the clock says so okay number two is the ratio and at the bakery we had a big bucket of starter and we fed the bucket
one to one to one at night and by the time the morning crew came in at four the starter was already collapsed and we went
to one to five to five and the bread came back the very next day now number three is the flour whole rye flour has more
wild yeast than white flour because the yeast lives on the outside of the grain and if your starter is sluggish swap ten
percent of the flour for whole rye i call it the rye rescue and i've never seen the rye rescue fail and the last thing is a
backup so take a couple of spoons of your starter and spread the starter on a sheet of parchment paper and let the sheet
dry for two days and put the flakes in an envelope and the backup will keep for years alright don't forget to like and
subscribe and i'll see you in the next one bye`.replaceAll('\n', ' ')
  const title = `${text.slice(0, 70)}…`
  return { id: 'captions', title, passages: [{ id: 'c0', start: 0, end: text.length, text }] }
})()

function turns(title: string, said: [speaker: string, text: string][]): Material {
  let start = 0
  const passages = said.map(([speaker, text], at) => {
    const passage = { id: `t${at}`, start, end: start + text.length, text, speaker }
    start = passage.end + 1
    return passage
  })
  return { id: title, title, passages }
}
