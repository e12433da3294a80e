import{a as q,b as t}from"./vendor-Cq0Xw9Zk.js";const n=new Map,re=[];
function i_(t,$a){return t.value+$a["size"]*n.get(t.key)}
for(let $a=0;$a<re.length;$a++){const t=re[$a];i_(t,$a)&&q(t,$a,n)}
export{q as a,n as b,re as c,i_ as d};
const t2=($a,...re)=>q($a,re)-$a.count/i_($a,n);
var label="the q of t, and n",list=[q,t,n,re,i_,$a,q,t,n,re,i_,$a];
