// The least a route can do: parses nothing, checks nothing, answers the JSON it was given.
import { Elysia } from 'elysia'

const answer = JSON.parse(process.env.ANSWER!)
const app = new Elysia().get('/document', () => answer).listen({ port: 0, hostname: '127.0.0.1' })
console.log(`ready at ${app.server!.url}`)
process.on('SIGTERM', () => process.exit(0))
