/** Written for the demo: nearly every name in it is borne by several entities of the knowledge base. */
export const demoParagraph =
  'With a box of old audio books in the car we left Paris, a little town in northeastern Texas, on a Friday before sunrise. ' +
  'The first book was about the war that began when Paris, a prince of Troy, carried off Helen, and a Greek army sailed after them. ' +
  'In the second, Jackson defends New Orleans against the British and then rides to the White House as president. ' +
  'Near noon we stopped for lunch in Jackson, the capital of the state of Mississippi, and ate catfish with the windows open. ' +
  'Somebody turned up an old gospel record, and the whole room went quiet when Jackson began to sing, a voice that had made gospel music popular far beyond the churches. ' +
  'My sister teaches physics, and so we heard how Young sent light through two slits and proved that it is a wave. ' +
  'My brother wanted the Civil War, and got the spring day on which Lee, the commander of the Confederate army, surrendered to General Grant. ' +
  'The last book begins beside the Zambezi, at the waterfall Victoria, with a storm, a broken compass and a lost diary, ' +
  'and it ends thirty years later over tea and letters in Victoria, a quiet harbour town in British Columbia.';
