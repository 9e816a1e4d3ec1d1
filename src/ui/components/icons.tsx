const paths = {
  quill: 'M3 17c.7-6.5 4.3-11.5 12.5-13.5 0 6.5-3.5 10.5-8.8 11.5M3 17c1.5-3.8 4-6.6 7-8.8',
  document:
    'M6 2.5h5.5L15.5 6.5v11H6a1.5 1.5 0 0 1-1.5-1.5V4A1.5 1.5 0 0 1 6 2.5ZM11.5 2.5v4h4M7.5 10.5h5M7.5 13.5h5',
  source: 'M3.5 4.5h13v9h-7l-3.5 3v-3h-2.5zM6.5 7.5h7M6.5 10.5h4.5',
  jobs: 'M4 5.5h1M8 5.5h8.5M4 10h1M8 10h8.5M4 14.5h1M8 14.5h8.5',
  plus: 'M10 4v12M4 10h12',
  more: 'M4.5 9.6a.4.4 0 1 0 .01 0ZM10 9.6a.4.4 0 1 0 .01 0ZM15.5 9.6a.4.4 0 1 0 .01 0Z',
  down: 'm5.5 8 4.5 4.5L14.5 8',
  left: 'M12 5 7 10l5 5',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  cross: 'M5 5l10 10M15 5 5 15',
  stop: 'M6 6h8v8H6z',
  circle: 'M10 4.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Z',
  warning: 'M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.3v.01',
  search: 'M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4ZM12.8 12.8 16.5 16.5',
  pencil: 'm4 16 .8-3.5L13 4.3l2.7 2.7-8.2 8.2zM11.5 5.8l2.7 2.7',
  copy: 'M7.5 7.5h8v9h-8zM12.5 7.5v-4h-8v9h3',
  download: 'M10 3.5v9M6.5 9.5 10 13l3.5-3.5M4 16.5h12',
  upload: 'M10 13V4M6.5 7 10 3.5 13.5 7M4 16.5h12',
  sun: 'M10 7a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M15.3 4.7l-1 1M5.7 14.3l-1 1',
  moon: 'M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8Z',
  system: 'M3 4.5h14v9H3zM7.5 16.5h5M10 13.5v3',
  fold: 'M3.5 4h13v12h-13zM8 4v12',
  code: 'm7 6-4 4 4 4M13 6l4 4-4 4',
  keys: 'M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.5h7',
  leave: 'M8 3.5H4.5v13H8M11.5 6.5 15 10l-3.5 3.5M15 10H7.5',
  trash: 'M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.8 11h7.4l.8-11',
  restore: 'M4 10a6 6 0 1 0 1.8-4.3M4 3.5v3h3',
  compare: 'M10 3v14M3.5 5.5h4v9h-4zM12.5 5.5h4v9h-4z',
  settings: 'M4 6.5h7M15 6.5h1.5M13 4.5v4M4 13.5h1.5M9.5 13.5h7M7.5 11.5v4',
  people:
    'M7.5 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM2.5 16.5c.3-2.8 2.2-4.5 5-4.5s4.7 1.7 5 4.5M13 5a2.3 2.3 0 0 1 0 4.4M14.5 12.3c1.8.5 2.8 2 3 4.2',
  key: 'M6.5 9.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM9 10.5l7.5-7M13 6.7l2.5 2.8',
  log: 'M5 3.5h10v13H5zM7.5 7h5M7.5 10h5M7.5 13h3',
  person: 'M10 4a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM4.5 16.5c.4-3 2.5-4.5 5.5-4.5s5.1 1.5 5.5 4.5',
  switch: 'M4 7h11M12 4l3 3-3 3M16 13H5M8 10l-3 3 3 3',
  project: 'M3 5h5l1.5 2H17v8.5H3z',
  archive: 'M3 4h14v3.5H3zM4.5 7.5v9h11v-9M8 10.5h4',
} as const

export type IconName = keyof typeof paths

/** One of the house's own pictures; always beside a word or inside something that has a name. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
)
