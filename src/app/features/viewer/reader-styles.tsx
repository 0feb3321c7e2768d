import styles from './reader.css?inline'

/** The styles of what is read, which come with the first of it: in the page's own everybody would load them. */
export function ReaderStyles() {
  return (
    <style href="reader" precedence="part">
      {styles}
    </style>
  )
}
