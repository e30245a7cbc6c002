import { buildApp } from './src/app.ts';
import { readConfig } from './src/config.ts';
const t=performance.now();
const app = await buildApp(readConfig({LOG_LEVEL:'warn'}));
await app.ready(); console.log('boot', performance.now()-t);
for (const [m,u] of [['GET','/'],['GET','/healthz'],['GET','/readyz'],['GET','/v1/operators'],['GET','/v1/formats'],['GET','/nope'],['GET','/v1/analyze'],['HEAD','/healthz'],['GET','/%zz'],['POST','/v1/analyze'],['GET','/docs'],['GET','/docs/'],['GET','/docs/static/swagger-initializer.js']] as const) {
 const r = await app.inject({method:m,url:u}); console.log(m,u,r.statusCode,r.headers['content-type'],r.headers.allow??'', r.body.slice(0,300).replaceAll('\n',' '));
}
const r = await app.inject('/openapi.json'); console.log(r.statusCode, r.body.length, Object.keys(r.json().paths), Object.keys(r.json().components.schemas));
console.log(JSON.stringify(r.json().paths['/v1/analyze'],null,1).slice(0,6000));
