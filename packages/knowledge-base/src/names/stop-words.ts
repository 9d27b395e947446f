/**
 * English function words, in the form of `normalizeWord`. A name of nothing but these ("It", "The Who", "US") is never
 * taken for a mention in running text: nearly every such hit would be the word itself. Looked up, it is found.
 */
const stopWords = new Set(
  `a about above across after again against all almost along already also although always am amid among amongst an and
  another any anybody anyone anything anywhere are arent around as at away back be became because become been before
  behind being below beneath beside besides between beyond both but by came can cannot cant come could couldnt despite
  did didnt do does doesnt doing done dont down during each eg either else elsewhere enough etc even ever every
  everybody everyone everything everywhere except far few for from further gave get give given go goes going gone got
  had hadnt has hasnt have havent having he hed hell hence her here heres hers herself hes him himself his how however
  i id ie if ill im in indeed inside instead into is isnt it itd itll its itself ive just keep kept know let lets like
  likely made make many may maybe me might mightnt mine more moreover most much must mustnt my myself near nearly
  neither never nevertheless next no nobody none nor not nothing now nowhere of off often on once one ones only onto or
  other others otherwise ought our ours ourselves out outside over own per perhaps put quite rather really said same saw
  say says see seem seemed seems seen several shall shant she shed shell shes should shouldnt since so some somebody
  someone something sometimes somewhere soon still such take taken than that thats the their theirs them themselves then
  thence there thereby therefore theres these they theyd theyll theyre theyve thing things this those though through
  throughout thus till to together too took toward towards under unless until unto up upon us use used very via was
  wasnt way we wed well went were werent weve what whatever whats when whence whenever where whereas whereby wherein
  wherever whether which while who whoever whole whom whos whose why will with within without wont would wouldnt yes yet
  you youd youll your youre yours yourself yourselves youve`
    .split(/\s+/)
    .filter(Boolean),
);

export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}
