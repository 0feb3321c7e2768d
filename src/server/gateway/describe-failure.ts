/**
 * Why an upstream failed, in one line for the log. Where a name has several addresses Node throws
 * an error without words, that holds one for each of them.
 */
export function describeFailure(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(describeFailure).join('; ')
  const code = 'code' in error ? String(error.code) : ''
  return code === '' || error.message.includes(code) ? error.message : `${error.message} (${code})`
}
