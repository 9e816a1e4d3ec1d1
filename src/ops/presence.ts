/** How often a consumer tells that it lives … */
export const PRESENCE_MS = 10_000
/** … and after how long a silence it is gone. */
export const SILENT_MS = 3 * PRESENCE_MS
