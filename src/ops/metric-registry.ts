/** The values of a metric's labels. */
export type Labels = Readonly<Record<string, string>>

type Metric = { name: string; help: string; type: 'counter' | 'gauge' | 'histogram'; lines(): string[] }

export type Counter = { add(labels: Labels, by?: number): void }
export type Histogram = { observe(labels: Labels, seconds: number): void }
export type Registry = ReturnType<typeof createRegistry>

/**
 * Metrics of this process, in the text format of Prometheus
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). A metric is made once; its labels are names
 * that the program chooses, never what a request says, so that there are few.
 */
export function createRegistry() {
  const metrics: Metric[] = []

  return {
    counter(name: string, help: string): Counter {
      const values = new Map<string, number>()
      const lines = () => [...values].map(([labels, value]) => `${name}${labels} ${value}`)
      metrics.push({ name, help, type: 'counter', lines })
      return {
        add(labels, by = 1) {
          const key = inBraces(labels)
          values.set(key, (values.get(key) ?? 0) + by)
        },
      }
    },
    /** `buckets` are upper bounds in seconds, rising. */
    histogram(name: string, help: string, buckets: readonly number[]): Histogram {
      const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>()
      const lines = () => [...series.values()].flatMap((each) => histogramLines(name, buckets, each))
      metrics.push({ name, help, type: 'histogram', lines })
      return {
        observe(labels, seconds) {
          const key = inBraces(labels)
          let one = series.get(key)
          if (!one) {
            one = { labels, counts: buckets.map(() => 0), sum: 0, count: 0 }
            series.set(key, one)
          }
          const bucket = buckets.findIndex((bound) => seconds <= bound)
          if (bucket >= 0) one.counts[bucket]!++
          one.sum += seconds
          one.count++
        },
      }
    },
    text: () => metrics.map(described).join(''),
  }
}

/** A metric that is looked up when it is asked for. */
export const gauge = (
  name: string,
  help: string,
  values: readonly (readonly [labels: Labels, value: number])[],
): string =>
  described({
    name,
    help,
    type: 'gauge',
    lines: () => values.map(([labels, value]) => `${name}${inBraces(labels)} ${value}`),
  })

const described = ({ name, help, type, lines }: Metric): string =>
  [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines(), ''].join('\n')

function histogramLines(
  name: string,
  buckets: readonly number[],
  { labels, counts, sum, count }: { labels: Labels; counts: number[]; sum: number; count: number },
): string[] {
  let below = 0
  const rows = buckets.map((bound, index) => {
    below += counts[index]!
    return `${name}_bucket${inBraces({ ...labels, le: String(bound) })} ${below}`
  })
  return [
    ...rows,
    `${name}_bucket${inBraces({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${inBraces(labels)} ${sum}`,
    `${name}_count${inBraces(labels)} ${count}`,
  ]
}

function inBraces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length ? `{${pairs.join(',')}}` : ''
}

const escaped = (value: string) =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
