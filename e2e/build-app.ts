import { build } from 'vite'

/** The specs run against what people get: the built app, served by the server. */
async function buildApp(): Promise<void> {
  await build({ logLevel: 'warn' })
}

export default buildApp
