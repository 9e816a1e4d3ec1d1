import { defineLanguage } from '#src/ai/offline/languages/language.ts'

export const dutch = defineLanguage({
  tag: 'nl',
  and: 'en',
  stopWords: `
    aan al alle alleen alles als altijd andere ben bij binnen daar daarom dan dat de deze die dit doen door dus
    een eens en er ge gaan geen goed had hadden heb hebben heeft hem hen het hier hij hoe hun iets ik in is ja je
    jij jullie kan komt kon kunnen maar mag me meer men met mij mijn moet moeten na naar nee niet niets nog nu of
    om omdat onder ons onze ook op over te tegen toch toen tot uit uw van veel voor waar waarom wanneer want
    waren was wat we weer wel welke werd werden wie wij wil worden wordt zal ze zei zelf zich zij zijn zo zonder
    zou zouden heel gewoon eigenlijk dingen gaat maken gemaakt`,
  backReferences:
    'hij zij ze dat dit deze die hun haar hem daar daarom omdat want zijn er dus echter bovendien toch dan ook daarnaast toen vervolgens',
  connectives: 'en|maar|of|want',
  openers: 'nou|ja|nee|nou ja|dus|goed|oké|kijk|eigenlijk|en|maar|weet je',
  answers: 'ja nee precies zeker',
  hesitations: 'eh|uh|euh|ehm|hm',
  fillers: 'weet je|zeg maar|toch|nou|eigenlijk|of zo|hè|gewoon',
  housekeeping: `hallo|goedemorgen|goedemiddag|goedenavond|welkom|dank je|dank u|bedankt|volgende slide|
    horen jullie mij|vragen|goede vraag|tot ziens|applaus|microfoon`,
  firstPerson: 'ik mij me mijn wij we ons onze',
  determiners: 'de het een deze dit die dat mijn zijn haar hun onze ons',
  abbreviations: 'dhr mevr dr prof bijv enz nr o.a m.b.t blz ca vgl',
})

export const swedish = defineLanguage({
  tag: 'sv',
  and: 'och',
  stopWords: `
    alla allt att av bara blev bli blir de dem den denna deras dess dessa det detta dig din dock du där då efter
    eller en er ett finns från får för ha hade han hans har henne hennes hon honom hur här i icke in ingen inom
    inte jag ju kan kunde kom man med mellan men mer mig min mitt mot mycket ni nu någon något när och om oss
    på sedan ser sig sin sina ska skulle som så till under upp ut utan vad var vara varit vi vid vilken är åt
    även över också`,
  backReferences: 'han hon det de den detta denna dessa dem deras därför så dock också sedan dessutom',
  connectives: 'och|men|eller',
  openers: 'ja|nej|alltså|okej|och|men|jo',
  hesitations: 'eh|öh|hm',
  housekeeping: 'hej|tack|välkomna|god morgon|nästa bild|frågor|hör ni mig|applåder',
  firstPerson: 'jag mig min mitt mina vi oss vår vårt',
  abbreviations: 'bl.a t.ex m.m osv dvs dr ca nr',
})

export const danish = defineLanguage({
  tag: 'da',
  and: 'og',
  stopWords: `
    af alle alt at bare blev blive bliver da de dem den denne der deres det dette dig din disse dog du efter
    eller en end er et for fra få får gør ham han hans har have havde hende her hos hun hvad hvis hvor hvordan
    i ikke ind jeg jo kan kom kunne man mange med meget men mere mig min mod ned noget nogle nu når og også om
    op os over på sig sin sine skal skulle som så til ud under var ved vi vil ville være været`,
  backReferences: 'han hun det de den dette denne disse dem deres derfor så dog også derefter desuden',
  connectives: 'og|men|eller',
  openers: 'ja|nej|altså|okay|og|men|jo',
  hesitations: 'øh|øhm|hm',
  housekeeping: 'hej|tak|velkommen|god morgen|næste slide|spørgsmål|kan i høre mig|bifald',
  firstPerson: 'jeg mig min mit mine vi os vores',
  abbreviations: 'bl.a f.eks m.m osv dvs dr ca nr',
})

export const polish = defineLanguage({
  tag: 'pl',
  and: 'i',
  stopWords: `
    a ale ani bardzo bez był była było były być by bo co coś czy dla dlaczego do gdy gdzie go i ich im innych ja
    jak jako jego jej jest jeszcze jeśli już kiedy kto która które którego której który których którzy ma mi mnie
    może można mu na nad nas nawet nie nich nie nim niż no o od on ona one oni oraz po pod przed przez przy
    roku również są się siebie sobie swoje ta tak także tam te tego tej ten to tu tylko tym tych u w we wszystko
    wtedy z za ze że`,
  backReferences: 'on ona ono oni one to ten ta te ich jego jej tego dlatego',
  connectives: 'i|ale|a|więc|jednak|dlatego|potem|także|na przykład|ponadto',
  openers: 'no|tak|nie|dobra|okej|i|ale|więc',
  hesitations: 'yyy|eee|hm',
  housekeeping: 'dzień dobry|dziękuję|witam|cześć|następny slajd|pytania|czy mnie słychać|brawa',
  firstPerson: 'ja mnie mi mój moja moje my nas nam nasz nasza',
  abbreviations: 'np itd itp tzn tj dr prof ul nr ok',
})

/** Told by their script, or written without spaces: the segmenter knows their words, we know no lists. */
export const scriptLanguages = ['ja', 'zh', 'ko', 'th', 'ar', 'he', 'ru', 'uk', 'el', 'hi'] as const

export const plainLanguage = (tag: string) => defineLanguage({ tag, stopWords: plainStopWords[tag] ?? '' })

const plainStopWords: Record<string, string> = {
  ru: `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от
    меня еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас нибудь опять вам ведь там
    потом себя может они тут где есть надо ней для мы тебя их чем была сам чтоб без будто этот того потому этого
    какой ним здесь этом один мой тем чтобы нее были это`,
  ja: `する いる ある なる こと もの ため よう それ これ あれ ここ そこ ない です ます した して から まで など
    という として について られる れる せる 的 さん 方 時 中 私 何 人 年 今 自分 思う 言う`,
  zh: `的 了 在 是 我 有 和 就 不 人 都 一 一个 上 也 很 到 说 要 去 你 会 着 没有 看 好 自己 这 那 他 她 它 们
    我们 他们 你们 这个 那个 什么 因为 所以 但是 如果 可以 对 与 及 等 为 以 而 被 把 从 让 给 中 年 月 日`,
  ko: '그 이 저 것 수 등 및 더 또 는 은 가 를 을 에 의 와 과 도 로 으로 하는 있는 있다 하다 그리고 하지만 그러나',
  th: 'ที่ และ ใน ของ เป็น การ มี ได้ ให้ ว่า จะ ไม่ กับ แต่ ก็ นี้ นั้น หรือ จาก โดย ความ คือ แล้ว มา ไป ซึ่ง ๆ',
  ar: 'في من على إلى عن مع هذا هذه ذلك التي الذي أن إن كان كانت هو هي هم ما لا لم لن قد كل بعد قبل ثم أو و',
  he: 'של את על עם זה זאת הוא היא הם אני אנחנו לא כן גם או אבל כי אם יש אין כל מה מי היה הייתה להיות אל בין רק',
}
