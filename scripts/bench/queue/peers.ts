import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bullMq } from './bullmq.ts'
import type { Contender, Peer } from './contender.ts'
import { graphileWorker } from './graphile-worker.ts'
import { pgBoss } from './pg-boss.ts'
import { plainjob } from './plainjob.ts'

const PEERS = [plainjob, graphileWorker, pgBoss, bullMq]

/** The folder in whose `node_modules` peers are looked for; none are part of the project. */
const FOLDER = process.env.QUEUE_PEERS

/** Those of `--peers a,b`, or of all, that are installed; on stderr stands why another is not there. */
export async function installedPeers(): Promise<Contender[]> {
  const found: Contender[] = []
  for (const peer of chosenPeers()) found.push(...(await contendersOf(peer)))
  return found
}

function chosenPeers(): Peer[] {
  const { values } = parseArgs({ options: { peers: { type: 'string' } }, strict: false })
  if (typeof values.peers !== 'string') return PEERS
  const names = values.peers.split(',')
  const chosen = PEERS.filter(({ name }) => names.includes(name))
  if (chosen.length < names.length) {
    console.error(`--peers takes some of ${PEERS.map(({ name }) => name).join(',')}`)
    process.exit(2)
  }
  return chosen
}

async function contendersOf(peer: Peer): Promise<Contender[]> {
  try {
    return await peer.contenders(load)
  } catch (error) {
    console.error(`Without ${peer.name}: ${(error as Error).message}`)
    return []
  }
}

async function load<Module>(name: string): Promise<Module> {
  if (!FOLDER) throw new Error('QUEUE_PEERS names no folder')
  const folder = resolve(FOLDER)
  // Without a node_modules, Bun itself would fetch some version of it.
  if (!existsSync(join(folder, 'node_modules', name))) throw new Error(`${folder} has no package ${name}`)
  return (await import(Bun.resolveSync(name, folder))) as Module
}
