// Tells of a secret in every way a program does by mistake, then dies of it.
import { createLog } from '#src/log.ts'
import { Secret } from '#src/secret.ts'

const told = new Secret(process.env.TOLD!)
const log = createLog('debug')
log.info({ told, deep: { deep: { told } }, list: [told] }, `told ${told}`)
log.info(told)
log.info('%s %o %O %j', told, told, told, told)
log.child({ told }).error(Object.assign(new Error(`with ${told}`, { cause: told }), { told }), 'failed')
console.log(told, { told }, [told], `${told}`)
console.error(told)
log.info('the last')
throw Object.assign(new Error('died of it', { cause: told }), { told })
