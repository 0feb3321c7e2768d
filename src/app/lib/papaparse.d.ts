/** What is used of it. Its own types would bring those of Node into the app. */
declare module 'papaparse' {
  type ParseOptions = {
    /** '' has it guessed. */
    delimiter?: string | undefined
    delimitersToGuess?: string[]
    /** The most rows; 0 for all. */
    preview?: number
    skipEmptyLines?: boolean
  }
  type Parsed<Row> = { data: Row[]; meta: { delimiter: string; truncated: boolean } }
  type Table = { fields: readonly string[]; data: readonly (readonly string[])[] }
  const Papa: {
    parse<Row>(text: string, options: ParseOptions): Parsed<Row>
    /** `escapeFormulae`: which cells get an apostrophe before them. */
    unparse(table: Table, options: { escapeFormulae: RegExp }): string
  }
  // biome-ignore lint/style/noDefaultExport: it is the package's own
  export default Papa
}
