const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** How the keys of the palette are written on this machine. */
export const paletteKey = isMac ? '⌘K' : 'Ctrl K'
