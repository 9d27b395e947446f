/** What the buttons write into the text. */
export const examples: Readonly<Record<string, string>> = {
  Paris: `A prince named Paris carries Helen off to Troy, and her husband begins a war that Homer will sing of.

A painter rents a room above the Seine in Paris and sells nothing, while the whole of France walks by.

A girl grows up on a ranch in Texas, near the town of Paris, and leaves for college in Dallas.`,
  Mercury: `The probe flew past Mercury, the planet nearest to the Sun, and photographed its craters.

Mercury with his winged sandals brought the word of Jupiter to the other gods.

The old thermometer was filled with Mercury, a metal that is liquid and poisonous.`,
  'Java and Python': `We flew to Jakarta and crossed Java by train, past rice fields and volcanoes.

She wrote the server in Java and the scripts for data analysis in Python.

At Delphi the god Apollo killed Python, the serpent that guarded the oracle.`,
  'Amazon and Georgia': `The boat left Manaus and followed the Amazon through the rainforest of Brazil.

Amazon began as a bookshop in Seattle and now rents out computers.

In Georgia they grow wine below the Caucasus; in Georgia, around Atlanta, they grow peaches.`,
};
