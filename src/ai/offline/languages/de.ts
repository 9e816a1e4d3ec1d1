import { defineLanguage } from '#src/ai/offline/languages/language.ts'

export const german = defineLanguage({
  tag: 'de',
  and: 'und',
  stopWords: `
    aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus bei beim bin
    bis bist da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darin darum das dass
    davon davor dazu dein deine dem den denn der deren des deshalb dessen die dies diese diesem diesen dieser
    dieses doch dort du durch ein eine einem einen einer eines einfach einmal einige er erst es etwa etwas euch
    euer für gab ganz gar geht gehen gemacht genau gerade gern gibt ging gut hab habe haben hat hatte hatten
    heute hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins ist ja jede jedem
    jeden jeder jedes jene jetzt kann kein keine keinem keinen keiner kommen kommt konnte können könnte machen
    macht mal man manche mehr mein meine meinem meinen meiner mich mir mit muss musste müssen nach natürlich
    neben nein nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit selbst
    sich sie sind so sogar solche soll sollen sollte sollten sondern sonst statt über um und uns unser unsere
    unserem unseren unserer unter viel viele vielen vielleicht vom von vor war waren warum was weil weiter
    welche welchem welchen welcher welches wenn wer werde werden wie wieder will wir wird wirklich wo wollen
    wollte worden wurde wurden würde würden zu zum zur zwar zwei zwischen dinge ding leute eigentlich sagen
    sagt sagte gesagt lassen lässt steht stehen sieht sehen ab eher wäre hätte hätten`,
  // `der`, `die` and `das` are mostly articles: as pronouns they count only before a verb.
  backPhrases: `das ist|das sind|das war|das waren|das hat|das wird|das kann|das geht|das heißt|das macht|
    das liegt|das gilt|das klingt|das stimmt|das bedeutet|das kommt|das gibt|das muss|das soll|das führt|
    die sind|die haben|die waren|der ist|der hat|der war|die ist|die hat|die war|das wäre|das hatte`,
  backReferences: `er sie es dies diese dieser dieses diesem diesen sein seine ihr ihre ihm ihn
    ihnen dessen deren dabei dadurch dafür dagegen daher damit danach daran darauf daraus darin darum davon
    davor dazu deshalb deswegen solche beide welche weil denn sowas dort da hier dann jene außerdem trotzdem
    allerdings dennoch zudem jedoch schließlich gleichzeitig auch also nur sondern`,
  prepositions: 'in an auf aus bei für mit nach seit von vor zu durch gegen ohne um wegen trotz',
  demonstratives: 'diesem diesen dieser dieses diese dem ihm ihnen ihr',
  // Only these leave the word order as it is: after `deshalb` the verb would come first.
  connectives: 'und|aber|oder|doch|denn|sondern',
  pronouns: `er sie es ihn ihm ihnen damit davon dazu darin daran darauf daraus darüber dabei dafür dagegen dahinter
    deren dessen`,
  openers: `ja|nein|na ja|naja|nun|nun ja|also|gut|okay|ok|genau|ach|tja|klar|sicher|natürlich|ehrlich gesagt|
    wissen sie|weißt du|sagen wir|schauen sie|ich meine|sehen sie|im grunde|eigentlich|so|na|absolut|stimmt`,
  answers: 'ja nein doch genau klar natürlich stimmt absolut',
  hesitations: 'äh|ähm|hm|hmm|öh|ehm|mhm',
  fillers: `ja|also|sozusagen|quasi|halt|eben|irgendwie|wissen sie|weißt du|ich meine|sagen wir|sagen wir mal|
    ehrlich gesagt|gewissermaßen|oder so|und so weiter|ne|gell|oder|nicht wahr|im grunde|na ja|naja`,
  repairs: 'ich meine|besser gesagt|pardon',
  requests: 'können sie|könnten sie|kannst du|könntest du|würden sie',
  housekeeping: `guten tag|guten morgen|guten abend|herzlich willkommen|willkommen|hallo|vielen dank|danke|
    schönen dank|nächste folie|diese folie|folie|hören sie mich|hört ihr mich|mikrofon|fragen aus dem publikum|
    gute frage|noch fragen|meine damen und herren|liebe zuhörer|für das gespräch|auf wiederhören|
    auf wiedersehen|tschüss|für die einladung|freut mich|schön, dass|meine letzte frage|letzte frage|
    erste frage|zum schluss noch|fangen wir an|bildschirm|kaffeepause|applaus|aufnahme`,
  firstPerson: 'ich mir mich mein meine meinem meinen meiner wir uns unser unsere unserem unseren unserer',
  secondPerson: 'du dir dich dein deine ihr euch euer eure',
  determiners: `der die das dem den des ein eine einem einen einer eines kein keine mein meine sein seine ihr
    ihre unser unsere jede jeder jedes diese dieser dieses im am zum zur vom beim`,
  vague: `jahr jahre jahren zeit zeiten tag tage tagen woche wochen monat monate stunde stunden minute minuten mal
    frage fragen antwort beispiel leute leuten mensch menschen teil teile punkt ende anfang art weise moment
    sache sachen grund problem prozent euro name namen wort worte morgen abend seite seiten stelle`,
  abbreviations: `z b d h u a bzw usw ca dr prof hr fr nr str st evtl ggf inkl max min mio mrd jh abs art bd
    vgl sog z.b d.h u.a o.ä v.a i.d.r jan feb aug sept okt nov dez`,
  nounsCapitalised: true,
})
