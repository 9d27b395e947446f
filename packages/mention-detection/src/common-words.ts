/** Words that carry no name by themselves: inside a name they be lower-case ("University of Oxford"). Normalized. */
const functionWords = setOf(`
  a about above across after again against all along also although always am amid among an and another any anybody
  anyone anything are around as at away because been before behind being below beneath beside besides between beyond
  both but by can cannot could da de del der despite di did do does doing done down du during each either else en
  enough etc even ever every everybody everyone everything few for from further had has have having he hence her here
  hers herself hes him himself his how however i if ill im in indeed inside instead into is it its itself ive just la
  le least less lest like many me might more most much must my myself near neither never nevertheless next no
  nobody none nor not nothing now nowhere of off often on once one only onto or other others otherwise ought our ours
  out outside over own per perhaps quite rather same shall she should since so some somebody someone something
  sometimes soon still such than that thats the their theirs them themselves then there therefore theres these they
  theyre this those though through throughout thus till to today together too toward towards under unless until unto
  up upon us van very via von was we well were what whatever when whenever where whereas wherever whether which while
  who whoever whole whom whose why with within without wont would yes yet you your yours yourself`);

/** Frequent words that are also names of people, places or works, or that often begin a sentence. Normalized. */
const frequentWords = setOf(`
  act add age air ancient angel apple april arch art august autumn back bad bank bar base bath battle bay beach bear
  beauty begin bell best big bill bird bishop black blue boat body book books born bottom bow box boy boys bread
  bridge bright brother brown build building bull burn bury bush business butler buy bye call came camp captain car
  card carpenter case cat cause chance change chase child children church city clay clear clever close cloud club
  coast coat cold come company contact cook cool cork corn count country court cow crane cross crown cut dad dance
  dark date dawn day days deal dean dear december deep design dinner doctor dog dollar door double drake dress drink
  drive early earth east easter easy eight end energy english evening except faith fall family farmer fast father
  february field fifty figure find fine fire first fish fisher five flood flower food foot forest form forty found
  four fox free freedom french friday friend frost game garden gate general german get gift girl give given glass go
  god going gold golden good grace grand grant grass gray great green grey ground group guide gun half hall hand
  hands happy hard harmony hart hawk head health heart heat help hi high hill history hold holiday holly home hood
  hook hope horn horse host hot hour house hull hunger hunt hunter ice idea inn iron island ivy january joy judge
  july june key king knight land language large last late law lead leader leave left lesson let letter life light
  lily line list little live local long look lord lot love low major make man march mark market marsh mason master
  match math may maybe mayor meal mean meanwhile men mercury middle mild mile mill miller million mind mine minister
  miss mobile model mom monday money month moon more morning mother mountain mouse move mr mrs music name nature new
  news nice night nine normal north note november number oak ocean october office oh ok old olive open orange order
  organ page paint paper parent park part parts party past patience peace people pepper person place plain plan
  plant play please pole police polish pool pope porter power present price pride prince princess problem public
  queen question quick rain ray read reading real recent red rest rich right ring rise river road robin rock room
  root rose round royal ruby rule run russian sage sail salt sand saturday saw say school science sea second secret
  see september service seven shade sharp shell ship short show side silver simple singer six sky small smart smile
  snow soldier song sound south space spirit split spring square staff star stars start state station stay steel
  step stern stoke stone stop storm story street strong student study style sugar summer sun sunday super sure swan
  sweet table take talk teacher team tear tell ten test thank thanks thing think third thirty thought thousand three
  thursday tiger time times title top total tower town trade train travel tree trip true try tuesday turn turner
  twenty two uncle union unit upper use valley victory view village violet virgin virtue voice wait wake walk walker
  wall wallet want war ward warm watch water wave way weak weather weaver wednesday week weekend welcome wells west
  wheel white wild will win wind windows wine winter wise wish wolf woman women wood woods word words work world
  worth write writing year years yellow yesterday young youth zero`);

export function isFunctionWord(normalized: string): boolean {
  return functionWords.has(normalized);
}

/** Would this word, capitalised, surprise nobody at the head of a sentence? */
export function isCommonWord(normalized: string): boolean {
  return functionWords.has(normalized) || frequentWords.has(normalized);
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
