/**
 * Why there is no preview. `unreadable` and `too large` are the file's fault and stay so; `gave up` may
 * go better another time; `no sharp`, `no pdfium` and `no ffmpeg` are the machine's.
 */
export type PreviewProblem =
  | 'unreadable'
  | 'too large'
  | 'gave up'
  | 'no sharp'
  | 'no pdfium'
  | 'no ffmpeg'

/** A preview that could not be made; `message` is for the log. */
export class PreviewFailure extends Error {
  override readonly name = 'PreviewFailure'
  readonly problem: PreviewProblem

  constructor(problem: PreviewProblem, message: string) {
    super(message)
    this.problem = problem
  }
}
