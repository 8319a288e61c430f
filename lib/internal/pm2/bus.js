'use strict';

// What happens to processes, what they say and what they print, as PM2's bus tells it. Events come from every app's
// keeper, lines of output from `logs`, which is started when somebody listens for them.

const EventEmitter = require('events');
const fs = require('fs');
const { connect } = require('internal/pm2/wire');

const RETRY_MS = 100;

class Bus extends EventEmitter {
  #home;
  #wires = new Map(); // by the app's key; null while it is connected
  #watcher;
  #tellLogs;
  #logs = null;
  #isClosed = false;

  constructor(home, tellLogs) {
    super();
    this.#home = home;
    this.#tellLogs = tellLogs;
    this.on('newListener', (name) => { if (name === '*' || String(name).startsWith('log:')) this.#startLogs(); });
  }

  // Resolves when all apps that there are will be heard.
  async open() {
    const folder = `${this.#home}/apps`;
    this.#watcher = fs.watch(folder, () => this.#look(true));
    await this.#look(false);
    return this;
  }

  close() {
    this.#isClosed = true;
    this.#watcher?.close();
    this.#logs?.kill();
    for (const wire of this.#wires.values()) wire?.close();
    this.#wires.clear();
  }
  disconnect() { this.close(); }

  #look(areNew) {
    if (this.#isClosed) return undefined;
    const known = this.#wires;
    const keys = fs.readdirSync(`${this.#home}/apps`).filter((key) => !known.has(key));
    return Promise.all(keys.map((key) => this.#listen(key, areNew)));
  }

  // A new app may be online before its keeper can be asked to tell.
  async #listen(key, isNew) {
    const folder = `${this.#home}/apps/${key}`;
    this.#wires.set(key, null);
    for (let failures = 0; !this.#isClosed && fs.existsSync(folder); failures++) {
      try {
        const wire = await connect(folder, 'keeper.sock', (event) => this.#tell(event));
        if (this.#isClosed) return wire.close();
        this.#wires.set(key, wire);
        wire.closed = () => {
          this.#wires.delete(key);
          if (!this.#isClosed && fs.existsSync(folder)) this.#listen(key, false);
        };
        const { workers } = isNew ? await wire.call({ do: 'status' }) : { workers: [] };
        for (const { pm_id: id, name, pm2_env: env } of workers)
          if (env.status === 'online') this.#tell({ event: 'process', id, name, namespace: env.namespace, what: 'online' });
        await wire.call({ do: 'hello', listen: true });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#wires.delete(key);
  }

  #tell({ event, id, name, namespace, what, data }) {
    const packet = { process: { pm_id: id, name, namespace }, at: Date.now() };
    if (event === 'process') {
      this.#say('process:event', { event: what, manually: false, ...packet });
    } else if (event === 'message' && data !== null && typeof data === 'object' && data.type && data.data !== undefined) {
      this.#say(data.type, { ...packet, data: data.data });
    } else if (event === 'message') {
      this.#say('process:msg', { ...packet, raw: data });
    }
  }

  #say(name, packet) {
    this.emit(name, packet);
    if (name !== '*') this.emit('*', name, packet);
  }

  #startLogs() {
    if (this.#logs !== null) return;
    this.#logs = this.#tellLogs((line) => {
      const { type, message, process_id: id, app_name: name } = line;
      if (id < 0) return; // the manager's own log
      this.#say(type === 'err' ? 'log:err' : 'log:out', { process: { pm_id: id, name }, at: Date.now(), data: message + '\n' });
    });
  }
}

module.exports = { Bus };
