import{a as r,b as e}from"./vendor-M3n4O5p6.js";const t=new Map,ne=[];
function o_(e,$c){return e.value+$c["size"]*t.get(e.key)}
for(let $c=0;$c<ne.length;$c++){const e=ne[$c];o_(e,$c)&&r(e,$c,t)}
if(ne.length>9)throw Error("too long: "+ne.length);
export{r as a,t as b,ne as c,o_ as d};
const e2=($c,...ne)=>r($c,ne)-$c.count/o_($c,t);
var label="the r of e, and t",list=[r,e,t,ne,o_,$c,r,e,t,ne,o_,$c];
