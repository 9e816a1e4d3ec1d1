const figures = new Intl.NumberFormat('en')

/** A figure as a message shows it: 1,500,000. */
export const inFull = (figure: number) => figures.format(figure)
