/** What a source may be at most. The API's document shows these figures; every refusal names its own. */

/** UTF-8 bytes of a source's stored text: with its passages it has to fit a database row of 2 MB. */
export const SOURCE_TEXT_BYTES_MAX = 1_500_000
export const UPLOAD_BYTES_MAX = 10 * 1024 * 1024
/** UTF-16 code units between two line breaks of the stored text. */
export const LINE_CHARS_MAX = 100_000
export const HEADINGS_MAX = 1_000
export const PASSAGES_MAX = 20_000
/** A passage is a paragraph or a speaker's turn; a longer one is cut at the ends of sentences. */
export const PASSAGE_CHARS_MAX = 1_200
export const SOURCE_TITLE_CHARS_MAX = 200

/** Captions of one .srt or .vtt file: a recording of 24 hours has about 40,000. */
export const CAPTIONS_MAX = 100_000
/** Elements inside one another in a .html or .docx; browsers stop near 512 as well. */
export const MARKUP_DEPTH_MAX = 512

export const DOCX_ENTRIES_MAX = 2_000
/** Bytes of one part of a .docx once unpacked, and of all the parts that are read. */
export const DOCX_PART_BYTES_MAX = 20 * 1024 * 1024
export const DOCX_TOTAL_BYTES_MAX = 30 * 1024 * 1024
/** Unpacked bytes for each packed byte of a part, once it is past 1 MiB. Word's own files stay under 50. */
export const DOCX_RATIO_MAX = 200
