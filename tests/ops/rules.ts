/** A series as promtool takes it: a value a minute. */
type Case = { alert: string; series: Record<string, string>; firesAt: string; quietAt: string }

const UP = { 'quill_build_info{version="1"}': '1x40' }

/**
 * Of every alert: series that raise it and let it clear, and a moment at which it fires and one at which it
 * does not.
 */
export const cases: Case[] = [
  {
    alert: 'QuillJobLate',
    series: { 'quill_jobs_oldest_age_seconds{kind="section.write"}': '540+60x5 0x20' },
    firesAt: '4m',
    quietAt: '10m',
  },
  {
    alert: 'QuillQueueOld',
    series: { quill_queue_oldest_age_seconds: '1000x5 0x20' },
    firesAt: '4m',
    quietAt: '10m',
  },
  {
    alert: 'QuillQueuePaused',
    series: { 'quill_alarms{alarm="queue_paused",subject=""}': '1x10 _x20' },
    firesAt: '8m',
    quietAt: '20m',
  },
  { alert: 'QuillQueueDown', series: { quill_queue_up: '0x8 1x20' }, firesAt: '7m', quietAt: '12m' },
  {
    alert: 'QuillDeadLetters',
    series: { quill_dead_letters: '0 0 2x5 0x20' },
    firesAt: '5m',
    quietAt: '12m',
  },
  {
    alert: 'QuillOutboxLags',
    series: { quill_outbox_lag_seconds: '90x5 0x20' },
    firesAt: '4m',
    quietAt: '10m',
  },
  {
    alert: 'QuillConsumerSilent',
    series: { quill_consumers_silent: '1x5 0x20' },
    firesAt: '4m',
    quietAt: '10m',
  },
  { alert: 'QuillNoConsumer', series: { quill_consumers: '0x5 1x20' }, firesAt: '4m', quietAt: '10m' },
  {
    alert: 'QuillRetriesMany',
    series: {
      'quill_job_retries_total{kind="a"}': '0+9x40',
      'quill_job_duration_seconds_count{kind="a",outcome="retried"}': '0+9x40',
      'quill_job_duration_seconds_count{kind="a",outcome="succeeded"}': '0+1x40',
    },
    firesAt: '30m',
    quietAt: '5m',
  },
  {
    alert: 'QuillLeasesLost',
    series: { 'quill_lease_losses_total{kind="a"}': '0+1x10 10x30' },
    firesAt: '10m',
    quietAt: '40m',
  },
  {
    alert: 'QuillRequestsFail',
    series: {
      'quill_http_requests_total{method="GET",status="500"}': '0+10x40',
      'quill_http_requests_total{method="GET",status="200"}': '0+90x40',
    },
    firesAt: '15m',
    quietAt: '2m',
  },
  {
    alert: 'QuillDown',
    series: { 'quill_build_info{version="1"}': '_x10 1x20' },
    firesAt: '8m',
    quietAt: '15m',
  },
]

/** The file of tests that promtool runs on the rules. */
export const rulesTest = (rules: string): string =>
  JSON.stringify({
    rule_files: [rules],
    evaluation_interval: '1m',
    tests: cases.map(({ alert, series, firesAt, quietAt }) => ({
      interval: '1m',
      input_series: Object.entries({ ...UP, ...series }).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: [firesAt, quietAt].map((at) => ({
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: at,
        exp_samples: at === firesAt ? [{ labels: '{}', value: 1 }] : [],
      })),
    })),
  })
