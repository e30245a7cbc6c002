/* Chart comes from chart.js, a script of its own. */
const { Chart } = globalThis;

const full = new Intl.NumberFormat('en');
const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** Three digits and a prefix of the SI: 4.09 G. */
function compact(value) {
  const step = Math.min(Math.max(Math.floor(Math.log10(Math.max(Number(value), 1)) / 3), 0), PREFIXES.length - 1);
  return `${three.format(Number(value) / 1000 ** step)}${step > 0 ? ` ${PREFIXES[step]}` : ''}`;
}

/** What the dashboard shows of a network's totals. `bound` is the name under which a total says that it is only a lower bound. */
export const MEASURES = {
  macs: { title: 'MACs', text: compact, bound: 'macs', unit: 'MACs' },
  params: { title: 'Parameters', text: compact, unit: 'parameters' },
  peakBytes: { title: 'Peak memory (bytes)', text: compact, bound: 'memory.peakBytes', unit: 'bytes' },
  receptiveField: { title: 'Receptive field (pixels)', text: full.format, unit: 'pixels' },
  depth: { title: 'Depth', text: full.format, bound: 'depth', unit: 'layers' },
};

function isBound(totals, measure) {
  return totals.lowerBounds.includes(MEASURES[measure].bound);
}

/** At least zero is no knowledge either. */
function isUnknown(totals, measure) {
  return totals[measure] === null || (isBound(totals, measure) && Number(totals[measure]) === 0);
}

/** A total as it stands in a cell; what is not known says so, and what is only a lower bound too. */
export function shortly(totals, measure) {
  if (isUnknown(totals, measure)) return 'unknown';
  return `${isBound(totals, measure) ? '\u2265 ' : ''}${MEASURES[measure].text(totals[measure])}`;
}

/** The same in full. */
export function exactly(totals, measure) {
  if (isUnknown(totals, measure)) return `${MEASURES[measure].title}: unknown`;
  return `${isBound(totals, measure) ? 'at least ' : ''}${full.format(totals[measure])} ${MEASURES[measure].unit}`;
}

const COLORS = 6;
const MARKS = ['circle', 'rect', 'triangle', 'rectRot'];

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** On an axis of decades: 1, 2 and 5 of each. */
function decadeTick(value) {
  return [1, 2, 5].includes(Number(value.toExponential().split('e')[0])) ? compact(value) : null;
}

function logarithmic(title) {
  return {
    type: 'logarithmic',
    grace: '10%',
    title: { display: true, text: title, color: color('soft') },
    grid: { color: color('rule') },
    ticks: { color: color('soft'), callback: decadeTick, autoSkip: true },
  };
}

/** Names beside the marks, wherever there is room for one. */
const names = {
  id: 'names',
  afterDatasetsDraw(chart) {
    const { ctx, chartArea } = chart;
    const taken = chart.data.datasets.flatMap((_, i) => chart.getDatasetMeta(i).data.map(({ x, y }) => [x - 5, y - 5, x + 5, y + 5]));
    ctx.save();
    ctx.font = '12px system-ui, sans-serif';
    ctx.fillStyle = color('ink');
    ctx.textBaseline = 'middle';
    chart.data.datasets.forEach(({ data }, i) => {
      chart.getDatasetMeta(i).data.forEach(({ x, y }, j) => {
        const { width } = ctx.measureText(data[j].label);
        for (const [left, middle] of [
          [x + 8, y],
          [x - 8 - width, y],
          [x - width / 2, y - 14],
          [x - width / 2, y + 14],
        ]) {
          const box = [left, middle - 7, left + width, middle + 7];
          const inside = box[0] > chartArea.left && box[2] < chartArea.right && box[1] > chartArea.top && box[3] < chartArea.bottom;
          if (!inside || taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
          taken.push(box);
          ctx.fillText(data[j].label, left, middle);
          break;
        }
      });
    });
    ctx.restore();
  },
};

const charts = new Map();

/** A canvas has one chart at a time; `words` stand for it where it cannot be seen. */
function draw(canvas, words, config) {
  charts.get(canvas)?.destroy();
  canvas.setAttribute('aria-label', words);
  const options = { animation: false, responsive: true, maintainAspectRatio: false, ...config.options };
  charts.set(canvas, new Chart(canvas, { ...config, options }));
}

/** `rows` are `{ label, tag, totals }`; those with both figures are marks, hollow ones where the cost is only a lower bound. Returns how many of each there are. */
export function drawScatter(canvas, rows, cost) {
  const placed = rows.filter(({ totals }) => totals.receptiveField > 0 && totals[cost] > 0);
  const tags = [...new Set(placed.map(({ tag }) => tag))];
  const datasets = tags.map((tag, i) => {
    const own = color(`series-${i % COLORS}`);
    const data = placed
      .filter((row) => row.tag === tag)
      .map(({ label, totals }) => ({ label, totals, x: totals.receptiveField, y: Number(totals[cost]), hollow: isBound(totals, cost) }));
    return {
      label: tag,
      data,
      pointRadius: 5,
      pointHoverRadius: 7,
      pointStyle: MARKS[i % MARKS.length],
      borderColor: own,
      borderWidth: 2,
      backgroundColor: own,
      pointBackgroundColor: data.map(({ hollow }) => (hollow ? color('paper') : own)),
    };
  });
  const { title } = MEASURES[cost];
  draw(canvas, `${title} against receptive field of ${placed.length} networks; the table below has the numbers.`, {
    type: 'scatter',
    data: { datasets },
    plugins: [names],
    options: {
      scales: { x: logarithmic(MEASURES.receptiveField.title), y: logarithmic(title) },
      plugins: {
        legend: { position: 'bottom', labels: { usePointStyle: true, boxHeight: 7, color: color('ink') } },
        tooltip: {
          callbacks: { label: ({ raw }) => [raw.label, exactly(raw.totals, cost), `sees ${exactly(raw.totals, 'receptiveField')}`] },
        },
      },
    },
  });
  return { unplaced: rows.length - placed.length, hollow: placed.filter(({ totals }) => isBound(totals, cost)).length };
}

/** `versions` are `{ number, note, totals }`, the oldest first; a figure that is not known is a gap. */
export function drawTrend(canvas, versions, measure) {
  const { title, text } = MEASURES[measure];
  const values = versions.map(({ totals }) => (isUnknown(totals, measure) ? null : Number(totals[measure])));
  const soft = color('soft');
  const own = color('series-0');
  draw(canvas, `${title} over ${versions.length} versions; the table of versions has the numbers.`, {
    type: 'line',
    data: {
      labels: versions.map(({ number }) => `@${number}`),
      datasets: [{ data: values, borderColor: own, backgroundColor: own, borderWidth: 2, pointRadius: 3.5, clip: 8 }],
    },
    options: {
      scales: {
        x: { grid: { display: false }, ticks: { color: soft } },
        y: {
          beginAtZero: true,
          grid: { color: color('rule') },
          ticks: { color: soft, maxTicksLimit: 5, callback: (value) => text(value) },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: ({ dataIndex }) => exactly(versions[dataIndex].totals, measure),
            afterLabel: ({ dataIndex }) => versions[dataIndex].note ?? '',
          },
        },
      },
    },
  });
}
