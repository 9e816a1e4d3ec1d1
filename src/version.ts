import { version } from '../package.json'

export const NAME = 'Quill'
export const VERSION: string = version
