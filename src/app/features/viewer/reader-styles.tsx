import href from './reader.css?url'

/** The styles of what is read, loaded with the first of it: in the page's own they would be loaded by everybody. */
export function ReaderStyles() {
  return <link rel="stylesheet" href={href} precedence="part" />
}
