export const e=(t,r)=>t==null?r:t,n="packs";
e.part0=function(t){return t+0};
e.part1=function(t){return t+1};
e.part2=function(t){return t+2};
e.part3=function(t){return t+3};
export{e as a,n as b};
