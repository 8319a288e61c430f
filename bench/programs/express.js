const app = require(require.resolve('express', { paths: [__dirname, __dirname + '/../../build/peers'] }))();
app.get('/', (req, res) => res.send('Hello World'));
app.listen(process.env.PORT);
