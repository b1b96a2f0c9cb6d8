import { connect } from 'node:net'

const timeoutMs = 3_000
const connackType = 0x20

/** CONNECT of MQTT 3.1.1 with a clean session, 60 s of keep-alive and no client id, which the broker then chooses. */
const connectPacket = Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 0])

/** Resolves when the broker answers with a CONNACK; one that asks for credentials does answer, too. */
export async function probeMqtt(address: string): Promise<void> {
  const { hostname, port } = new URL(address)
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer from ${address}`)))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`${address} closed the connection`)))
    socket.once('connect', () => socket.write(connectPacket))
    socket.once('data', (data) => {
      if (data[0] === connackType) resolve()
      else reject(new Error(`${address} is no MQTT broker`))
      socket.destroy()
    })
  })
}
