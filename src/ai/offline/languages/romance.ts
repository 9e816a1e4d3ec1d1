import { defineLanguage } from '#src/ai/offline/languages/language.ts'

export const french = defineLanguage({
  tag: 'fr',
  and: 'et',
  stopWords: `
    a ai aie ainsi alors après as au aucun aujourd'hui aussi autre autres aux avait avant avec avez avoir avons
    beaucoup bien c'est ce cela celle celles celui ces cet cette ceux chaque chez comme comment d'un d'une dans
    de depuis des deux donc dont du elle elles en encore entre est et étaient était été être eu fait faire fois
    font il ils j'ai je jusque l'on la là le les leur leurs lui ma mais me même mes moi moins mon n'est ne nos
    notre nous on ont ou où par parce pas peu peut peuvent plus pour pourquoi pouvait qu'il qu'on quand que quel
    quelle quelques qui quoi rien s'est sa sans se sera ses si son sont sous sur ta te tes toi ton toujours tous
    tout toute toutes très trop tu un une va vers voilà voici vos votre vous vraiment y`,
  backReferences: `il elle ils elles ce c'est cela ça celui celle ceux celles ces cet cette lui leur leurs son
    sa ses qui dont parce y`,
  connectives: `et|mais|donc|or|ou|cependant|toutefois|pourtant|ainsi|alors|de plus|en outre|par exemple|
    d'ailleurs|en effet|enfin|puis|ensuite|par contre|en revanche|aussi`,
  openers: 'bon|ben|bah|eh bien|alors|donc|voilà|oui|non|bien sûr|en fait|franchement|écoutez|et|mais',
  answers: 'oui non si exactement absolument',
  hesitations: 'euh|heu|hum|hein|bah|ben',
  fillers:
    'hein|quoi|bon|ben|voilà|vous savez|tu sais|tu vois|vous voyez|disons|en fait|genre|du coup|je veux dire',
  housekeeping: `bonjour|bonsoir|merci|bienvenue|diapositive|diapo suivante|vous m'entendez|des questions|
    bonne question|au revoir|applaudissements|micro`,
  firstPerson: "je j'ai j'étais me moi mon ma mes nous notre nos",
  secondPerson: 'tu te toi ton ta tes vous votre vos',
  determiners:
    'le la les un une des du de au aux ce cet cette ces mon ma mes son sa ses notre nos leur leurs',
  joiners: 'de du des d',
  abbreviations: 'm mm mme mlle dr pr etc p ex env av apr art vol no st ste cf',
})

export const spanish = defineLanguage({
  tag: 'es',
  and: 'y',
  stopWords: `
    a al algo algunas algunos ante antes aquel aquella así aún aunque bajo bien cada casi como con contra cual
    cuando cuándo cómo de del desde donde dos durante e él el ella ellas ellos en entonces entre era eran eres
    es esa esas ese eso esos esta está estaba estaban están estar este esto estos fue fueron ha había hace hacer
    hacia han hasta hay he hemos la las le les lo los más me mejor mi mientras mis mismo mucho muchos muy nada
    ni no nos nosotros nuestra nuestro o os otra otras otro otros para pero poco por porque pues que qué quien
    quién se sea según ser será si sí sido siempre sin sobre solo son su sus también tan tanto te tener tenía
    tiene tienen todo toda todas todos tu tus un una uno unos unas va vamos ya yo y`,
  backReferences: `él ella ellos ellas esto eso este esta estos estas ese esa esos esas su sus lo le les porque
    aquello ello`,
  connectives: `y|pero|o|así que|sin embargo|además|por eso|por lo tanto|entonces|luego|también|por ejemplo|
    de hecho|en cambio|no obstante|aunque|pues`,
  openers: 'bueno|pues|vale|mira|a ver|o sea|claro|sí|no|entonces|y|pero|en realidad|la verdad',
  answers: 'sí no claro exacto exactamente',
  hesitations: 'eh|em|este|mmm|ehm',
  fillers: 'o sea|sabes|digamos|bueno|pues|claro|verdad|no sé|es decir|vale|mira',
  housekeeping: `hola|gracias|bienvenidos|bienvenidas|buenos días|buenas tardes|diapositiva|me oyen|
    alguna pregunta|preguntas|buena pregunta|adiós|aplausos|micrófono`,
  firstPerson: 'yo me mí mi mis nosotros nosotras nos nuestro nuestra nuestros nuestras',
  secondPerson: 'tú tu te ti tus usted ustedes vosotros vuestro',
  determiners: 'el la los las un una unos unas del al de este esta estos estas su sus mi mis nuestro nuestra',
  joiners: 'de del',
  abbreviations: 'sr sra srta dr dra d etc p ej pág av ee uu núm vol aprox ud uds',
})

export const italian = defineLanguage({
  tag: 'it',
  and: 'e',
  stopWords: `
    a ad ai al alla alle allo altre altri altro anche ancora avere aveva avevano c'è che chi ci come con contro
    cosa così cui da dagli dai dal dalla dalle dei del della delle dello dentro di dopo dove due e è ed era
    erano essere fa fare fatto fino fra già gli ha hanno ho i il in io la le lei li lo loro lui ma me meno mi
    mia mie miei mio molto molti ne negli nei nel nella nelle noi non nostra nostro o ogni per perché però più
    poco poi prima proprio qual quale quando quanto quella quelle quelli quello questa queste questi questo qui
    se sei sempre senza si sia sono stata stati stato su sua sue sugli sui sul sulla suo suoi tra tu tua tuo
    tutta tutte tutti tutto un una uno va vi voi`,
  backReferences: 'lui lei loro esso essa essi questo questa questi queste quello quella ciò suo sua perché',
  connectives: 'e|ma|o|quindi|però|inoltre|tuttavia|così|allora|poi|anche|per esempio|infatti|invece|dunque',
  openers: 'beh|allora|ecco|dunque|sì|no|insomma|cioè|guarda|certo|e|ma|diciamo',
  answers: 'sì no certo esatto',
  hesitations: 'ehm|eh|mah|uhm|mmm',
  fillers: 'cioè|insomma|diciamo|sai|ecco|praticamente|tipo|come dire|giusto',
  housekeeping: `ciao|grazie|benvenuti|buongiorno|buonasera|mi sentite|prossima diapositiva|domande|
    bella domanda|arrivederci|applausi|microfono`,
  firstPerson: 'io me mi mio mia miei mie noi ci nostro nostra',
  determiners: 'il lo la i gli le un una uno del della dei delle al alla nel nella questo questa suo sua',
  joiners: 'di del della dei delle dello',
  abbreviations: 'sig dott prof ecc es pag art ing avv ca n vol',
})

export const portuguese = defineLanguage({
  tag: 'pt',
  and: 'e',
  stopWords: `
    a ainda ao aos apenas as às até cada com como da das de dela dele deles depois do dos e é ela elas ele eles
    em entre era eram essa essas esse esses esta está estão estas estava este estes eu foi foram há isso isto já
    lhe lhes mais mas me mesmo meu meus minha muito muitos na nas não nas nem no nos nós nossa nosso num numa o
    os ou para pela pelas pelo pelos por porque pode podem quais qual quando quanto que quem se seja sem ser será
    seu seus só sua suas são também tão tem têm tempo ter teve tinha toda todas todo todos tudo um uma umas uns
    vai você vocês vamos sobre onde outro outra outros coisa fazer faz gente então aqui assim bem`,
  backReferences: 'ele ela eles elas isso isto esse essa esses essas este esta aquilo seu sua porque',
  connectives:
    'e|mas|ou|então|porém|além disso|no entanto|portanto|assim|também|por exemplo|aliás|contudo|depois',
  openers: 'bom|bem|então|olha|sim|não|pois|ora|na verdade|e|mas|claro',
  answers: 'sim não claro exatamente',
  hesitations: 'hum|eh|ahn|ãh|mmm',
  fillers: 'sabe|né|tipo|quer dizer|digamos|ou seja|assim|enfim',
  housekeeping: `olá|obrigado|obrigada|bem-vindos|bom dia|boa tarde|boa noite|próximo slide|me ouvem|
    perguntas|boa pergunta|tchau|aplausos|microfone`,
  firstPerson: 'eu me mim meu minha meus minhas nós nos nosso nossa',
  determiners: 'o a os as um uma do da dos das no na este esta esse essa seu sua meu minha nosso nossa',
  joiners: 'de do da dos das',
  abbreviations: 'sr sra dr dra prof etc p ex pág av núm vol aprox',
})
