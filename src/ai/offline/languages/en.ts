import { defineLanguage } from '#src/ai/offline/languages/language.ts'

export const english = defineLanguage({
  tag: 'en',
  and: 'and',
  stopWords: `
    a about above across after again against ago all almost along already also although always am among an
    and another any anyone anything anyway are aren't around as at away back be became because become becomes
    been before began behind being below between both but by came can can't cannot come comes coming could
    couldn't did didn't do does doesn't doing don't done down during each either else enough especially even
    ever every everyone everything few first for from further gave get gets getting give given go goes going
    gone got had hadn't happen happened happens has hasn't have haven't having he he's her here hers herself
    him himself his how however i i'd i'll i'm i've if in instead into is isn't it it's its itself just keep
    kept knew know known knows last later least less let let's like likely made make makes making many may
    maybe me mean means might more most much must my myself near never next no none nor not nothing now of off
    often oh ok okay on once one ones only onto or other others our ours out over own per perhaps put quite
    rather really right said same saw say saying says see seen several shall she she's should shouldn't since
    so some somebody someone something sometimes soon still such take taken takes taking tell than that that's
    the their theirs them themselves then there there's therefore these they they'd they'll they're they've
    thing things think this those though thought three through thus to together told too took toward towards
    tried try trying turned two under until up upon us use used uses using usually various very want wanted
    wants was wasn't way we we'd we'll we're we've well went were weren't what what's whatever when where
    whether which while who whole whom whose why will with within without won't would wouldn't yes yet you
    you'd you'll you're you've your yours yourself yeah actually basically bit lot lots sort kind pretty
    probably gonna wanna stuff guy guys called including according second third new says big great good better
    best bad long little able look looked looking looks start started need needed needs four five six seven eight nine ten eleven twelve twenty thirty forty fifty
    sixty seventy eighty ninety hundred thousand million billion half dozen`,
  backReferences: `
    it it's it'll it'd its that that'll that'd there'll that's this these those they they're they've they'd they'll them their theirs he he's she
    she's him his her hers himself herself itself such both neither either another others former latter which
    who whose whom because thereby therein then there's here here's likewise same similarly otherwise either
    none some`,
  pronouns: 'he she they him them his her their hers theirs it its',
  prepositions: `in at on for after before by from with without during since until of to because as like
    despite through under over about around all most some many one each both none part inside outside ahead beneath
    beside beyond whilst amid amongst unlike`,
  demonstratives: 'this that these those it them him her such which',
  connectives: `and|but|so|or|nor|yet|however|therefore|thus|hence|moreover|furthermore|in addition|
    additionally|also|besides|nevertheless|nonetheless|meanwhile|consequently|as a result|instead|still|
    for example|for instance|in fact|of course|then|finally|on the other hand|in contrast|by contrast|
    conversely|in other words|that is|in response|despite this|after this|after that|that said|in particular|again|and so|and then|so then|and also|but then|but also|
    accordingly|subsequently|afterwards|as such|rather|at the same time|in turn|similarly|likewise`,
  thinLinks: 'so|and so|also|and also',
  openers: `well|okay|ok|so|now|yeah|oh|alright|all right|right|anyway|look|listen|you see|see|hey|man|
    so yeah|and yeah|honestly|frankly|basically|actually|obviously|clearly|literally|essentially|
    you know|i mean|i guess|i think|i would say|i'd say|to be honest|to be fair|let's say|sure|exactly|
    absolutely|great|good|cool|perfect|as i said|like i said|as i mentioned|again|like|ah|mm|mhm|wow|ugh|huh|wait|nice|whoa|plus|my point is|
    first of all|long story short|the thing is|here's the thing|guess what|yes|no|nope|yep|uh huh|and|but|or`,
  answers: 'yes no yeah nope yep exactly absolutely sure correct definitely right',
  hesitations: 'um|umm|uh|uhh|uhm|erm|er|hmm|hm|mm|mmm|mhm|ah',
  fillers: `you know|i mean|sort of|kind of|like|right|okay|ok|well|actually|basically|literally|honestly|
    obviously|frankly|i guess|you see|if you will|as it were|so to speak|let's say|or whatever|
    or something|or something like that|and so on|and stuff|and stuff like that|and things like that|yeah|
    to be honest|to be fair|anyway|i suppose|if you like|as i said|like i said|as you can see|by the way|
    in a way|in a sense|believe it or not|believe me|trust me|mind you|i wanna say|i want to say|i'd say|i would say|i'm guessing|i dunno|i don't know`,
  repairs: 'i mean|or rather|sorry|no wait',
  requests: `can you|could you|will you|would you|can we|could we|do you want|you wanna|you want to|do you mind|
    are you ready|anything else`,
  housekeeping: `thank you|thanks for|thanks so much|thanks very|thanks everyone|thanks everybody|thanks again|
    thanks a lot|many thanks|welcome to|welcome back|welcome everyone|welcome everybody|you're welcome|
    good morning|good afternoon|good evening|hello|hi everyone|hi everybody|hi all|hey everyone|hi there|
    my name is|hear me|see my screen|my screen|your screen|the screen now|next slide|previous slide|this slide|
    the slide|last slide|first slide|my slides|the slides|these slides|any questions|more questions|
    other questions|your questions|take questions|questions at the end|another question|great question|
    good question|next question|first question|last question|question over there|a question about|
    have a question|my question|quick question|follow-up question|great point|on mute|unmute|microphone|the mic|
    speak up|can you repeat|repeat the question|running out of time|out of time|minutes left|time for questions|
    time for one|have time for|over to you|hand over to|hand it over|round of applause|applause|grab a coffee|
    coffee break|over lunch|at lunch|after lunch|before we start|before i start|before we begin|before i begin|
    let's get started|get us started|let's start|i'll start|kick things off|like and subscribe|please subscribe|
    subscribe to|being recorded|the recording|this talk|my talk|today's talk|in the back|happy to be here|
    glad to be here|pleasure to be|for having me|for joining|for coming|nice to meet|see you|bye|
    any other business|let's move on|moving on|as you can see|can you see|show of hands|raise your hand|hands up|
    put your hand|that's all i have|that's it from me|to wrap up|we're done|come find|come and find|catch me|
    follow me on|i'll be around|i'm here to|bear with me|one second|hang on|where was i|does that answer|
    does that make sense|makes sense|fair enough|hope that answers|i work at|i work for|please sit|take a seat|
    first row|front row|next speaker|our speaker|introduce myself|introduce our|i'm told|i'm being told|
    today i want|i want to talk|i want to show|i want to start|i want to get to|i want to be careful|
    i want to say|i want to mention|i want to point|want to start with|i'm going to talk|going to talk about|
    talk to you about|i'd like to talk|i'd like to show|i'd like to save|i'd like to start|i'd like to thank|
    i would like to thank|let me talk|let me describe|let me explain|let me show|let me give|let me start|
    let me tell|let me just|let me say|let me go|let me come|let me take|let me put|talk to me|tell me about|tell us about|walk me through|walk us through|i'll show you|
    here's the part|here is the part|here's what|here is what|as i said|as i mentioned|like i said|i should say|
    i have to say|as you'll see|as you will see|we'll get to|come back to that|get to that|i'll come back|on the screen|
    on screen|try this at home|brought to you by|sponsored by|use the code|use code|promo code|percent off|
    quick break|we're back|dot com|people find you|find me online|on instagram|on twitter|in the comments|
    in the description|link below|let me know|leave a comment|smash that|hit the bell|let's get into it|
    see the board|kick us off|you're up|at stand-up|last question|what it's called`,
  firstPerson: `i i'm i've i'd i'll me my mine myself we we're we've we'd we'll us our ours ourselves`,
  secondPerson: "you you're you've you'd you'll your yours yourself",
  determiners: `a an the this these those my your his her its our their some any every each no another
    many several both of in for with by about between into`,
  joiners: 'of for without between',
  verbs: `is are was were be been am has have had do does did can could will would shall should may might must
    isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't can't couldn't won't wouldn't
    shouldn't it's that's there's he's she's we're they're you're i'm i've we've they've you've i'd we'd
    they'd i'll we'll they'll you'll what's let's became become becomes began begin begins broke brought built
    came come comes cost costs cut fell felt found gave get gets give gives go goes got grew grow grows held
    help helps hit hold holds keep keeps kept knew know knows lead leads led left lets lies lost made make
    makes mean means meant meet met need needs paid put puts ran reach read reads rose run runs said saw say
    says see sees sells sent set sets show shows sits sold spent stands stood take takes tell tells think
    thinks thought told took try tries turn turns understood use uses want wants went win wins won work works
    write writes wrote matters looks look feels feel seems seem remains remain includes include contains
    contain lives live stays stay starts start stops stop happens happen asks ask adds add changes change woke stole
    drove flew ate bought caught chose drew drank fought forgot froze hid hung rang sang sank shook slept slid spoke
    stuck swam swung taught threw wore denotes denote requires require born`,
  vague: `time times thing things way ways day days night nights minute minutes second seconds hour hours week weeks
    month months year years people person man men woman women part parts number numbers lot lots kind kinds moment
    moments piece pieces question questions answer answers story stories example examples case cases point points
    fact facts place places side end ends beginning problem problems reason reasons idea ideas morning evening
    afternoon name names word words line lines sentence sentences tomorrow today yesterday somebody nobody
    everybody anybody percent quarter life world area areas line lines group groups use others rest january
    february march april june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday different following various certain important main total whole real several
    similar recent previous entire current ongoing fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth ahead inside outside
    everyone anyone mine ugh top rest list amount result results
    dollars dollar euros pounds degrees inches feet miles meters metres millimeters kilometers kilometres grams`,
  abbreviations: `mr mrs ms dr prof st jr sr vs etc e.g i.e inc ltd co corp no fig approx dept est gen gov lt
    col sgt capt rev hon jan feb mar apr jun jul aug sep sept oct nov dec vol pp ed eds al cf ca mt ft u.s u.k
    u.n a.m p.m ph.d b.c a.d d.c`,
})
