/** Written for the demo: every name in it is borne by several entities of the knowledge base. */
export const demoParagraph = `On the way to Paris, Texas, we read aloud in the car: how Paris of Troy stole Helen from her husband, and how \
Jackson held New Orleans against the British long before he was president. Over the radio came Jackson, singing gospel. \
At home, Wilson lay open on the desk at the chapter about his Fourteen Points, beside a guide to Victoria, where the \
Zambezi falls into a gorge, and another to Victoria on Vancouver Island. My sister, who teaches physics, swears by Young \
and his two slits; my brother only wants to hear how Lee surrendered to Grant.`;
