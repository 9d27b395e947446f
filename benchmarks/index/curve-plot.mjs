/** Recall over queries per second (logarithmic) as an SVG file: better is up and to the right. */
export function drawCurves(curves, { title, subtitle, xLabel = 'queries per second' }) {
  const area = { x: 60, y: 60, width: 560, height: 360 };
  const [width, height] = [860, 480];
  const colors = [
    '#1b6ca8',
    '#d1495b',
    '#2e8b57',
    '#8e44ad',
    '#e08e0b',
    '#4b5563',
    '#0f9d9d',
    '#a0522d',
    '#c2185b',
    '#6b8e23',
    '#111827',
    '#7c83db',
    '#b45309',
    '#db7093',
  ];
  const points = curves.flatMap((curve) => curve.points);
  const speeds = points.map(({ x }) => x);
  const low = 10 ** Math.floor(Math.log10(Math.min(...speeds)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...speeds)));
  // Equal steps for equal shares of what is missed, from a half to a thousandth.
  const missed = (recall) => Math.log10(Math.max(1 - recall, 0.001));
  const worst = Math.max(...points.map(({ recall }) => missed(recall)), -1);
  const x = (speed) => area.x + (Math.log10(speed / low) / Math.log10(high / low)) * area.width;
  const y = (recall) => area.y + ((missed(recall) + 3) / (worst + 3)) * area.height;
  const text = (content, at, base, more = '') =>
    `<text x="${at.toFixed(1)}" y="${base.toFixed(1)}" ${more}>${content.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text>`;
  const recalls = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999].filter(
    (recall) => missed(recall) <= worst + 0.01,
  );
  const decades = [];
  for (let speed = low; speed <= high * 1.001; speed *= 10) decades.push(speed);
  const grid = [
    ...recalls.flatMap((recall) => [
      `<path d="M${area.x} ${y(recall).toFixed(1)}h${area.width}" stroke="#e5e7eb"/>`,
      text(
        recall === 0.999 ? '.999+' : String(recall).slice(1),
        area.x - 8,
        y(recall) + 4,
        'text-anchor="end" fill="#666"',
      ),
    ]),
    ...decades.flatMap((speed) => [
      `<path d="M${x(speed).toFixed(1)} ${area.y}v${area.height}" stroke="#e5e7eb"/>`,
      text(speed.toLocaleString('en'), x(speed), area.y + area.height + 18, 'text-anchor="middle" fill="#666"'),
    ]),
  ];
  const lines = curves.flatMap(({ name, points: own }, at) => {
    const color = colors[at % colors.length];
    const sorted = own.toSorted((a, b) => a.recall - b.recall);
    const path = sorted
      .map((point, i) => `${i ? 'L' : 'M'}${x(point.x).toFixed(1)} ${y(point.recall).toFixed(1)}`)
      .join('');
    const legend = area.y + 10 + at * 20;
    return [
      `<path d="${path}" fill="none" stroke="${color}" stroke-width="1.8"${name.startsWith('faiss') ? ' stroke-dasharray="5 3"' : ''}/>`,
      ...sorted.map(
        (point) => `<circle cx="${x(point.x).toFixed(1)}" cy="${y(point.recall).toFixed(1)}" r="3.2" fill="${color}"/>`,
      ),
      `<path d="M${area.x + area.width + 20} ${legend}h18" stroke="${color}" stroke-width="2.5"/>`,
      text(name, area.x + area.width + 44, legend + 4),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
<title>${title}</title><rect width="100%" height="100%" fill="#fff"/>
${[text(title, area.x, 24, 'font-size="15" font-weight="600"'), text(subtitle, area.x, 43, 'fill="#666"'), ...grid, ...lines].join('\n')}
${text(xLabel, area.x + area.width / 2, height - 14, 'text-anchor="middle"')}
${text('recall', 16, area.y - 10, 'fill="#666"')}
</svg>
`;
}
