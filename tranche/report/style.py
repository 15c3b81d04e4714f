"""How a report looks: readable on a phone, in print, light and dark."""

STYLE = """
:root{--ink:#1d232b;--soft:#56606d;--paper:#fff;--panel:#f6f8fa;--line:#d5dbe2;--link:#0b5cad;
--shade:#5f6b7a90;color-scheme:light}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){--ink:#e7ebf0;--soft:#a2adba;--paper:#14181d;
--panel:#1c2229;--line:#353e49;--link:#7db8f5;
--shade:#c3ccd8a0;color-scheme:dark}}
:root[data-theme=dark]{--ink:#e7ebf0;--soft:#a2adba;--paper:#14181d;--panel:#1c2229;--line:#353e49;--link:#7db8f5;
--shade:#c3ccd8a0;color-scheme:dark}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
main,header,footer{max-width:1180px;margin:0 auto;padding:0 20px}
header{padding-top:28px;display:flex;gap:16px;align-items:flex-start;justify-content:space-between}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:44px 0 12px;padding-top:10px;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:24px 0 6px;overflow-wrap:anywhere}
p,li{max-width:78ch;overflow-wrap:anywhere}.note,.sub{color:var(--soft);font-size:.9rem}
a{color:var(--link)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:14px 0 0}
button{font:inherit;font-size:.85rem;color:inherit;background:var(--panel);border:1px solid var(--line);
border-radius:6px;padding:6px 12px;cursor:pointer;white-space:nowrap}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px;
--hide:linear-gradient(var(--paper),var(--paper));
background:var(--hide) 0/28px 100% no-repeat local,var(--hide) 100%/28px 100% no-repeat local,
linear-gradient(90deg,var(--shade),transparent) 0/18px 100% no-repeat,
linear-gradient(270deg,var(--shade),transparent) 100%/18px 100% no-repeat,var(--paper)}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:7px 12px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{background:var(--panel);color:var(--soft);font-weight:600;vertical-align:bottom}
tbody tr:last-child>*{border-bottom:0}th[scope=row]{font-weight:600}.num{text-align:right;white-space:nowrap}
thead .num{white-space:normal}td code{overflow-wrap:anywhere}.whole{white-space:nowrap}
.group{background:var(--panel)}
.group .note{font-weight:400}.group div{overflow-wrap:anywhere}.group>div{position:sticky;left:12px;width:fit-content;
max-width:min(1100px,calc(100vw - 66px))}
pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:14px;overflow:auto;max-height:34rem;
white-space:pre-wrap;overflow-wrap:anywhere;
font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
details{margin:12px 0}summary{cursor:pointer;color:var(--link)}
.drawing{--paper:#fff;--shade:#5f6b7a90}.drawing svg{display:block;max-width:none;mix-blend-mode:multiply}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:20px}
figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:12px 12px 4px;min-width:0}
figure:first-child{grid-column:1/-1}
figure:not(:has(.plot,.failed)){align-self:start}
figcaption h3{margin:0}figcaption p{margin:2px 0 0}.plot{height:360px}.failed{color:var(--soft);padding:20px}
footer{padding:36px 20px;color:var(--soft);font-size:.85rem}
@media(max-width:600px){body{font-size:15px}header{display:block}h1{font-size:1.5rem}.plot{height:300px}
button{margin-top:10px}th,td{padding:6px 8px}}
@media print{:root,:root[data-theme]{--ink:#000;--soft:#444;--paper:#fff;--panel:#fff;--line:#bbb;color-scheme:light}
button,nav{display:none}main,header,footer{max-width:none;padding:0}.charts{display:block}
figure{break-inside:avoid;margin-bottom:14px}h2,h3{break-after:avoid}.scroll{overflow:visible;border:0;background:none}
table{font-size:.68rem}th,td{padding:3px 5px}pre{max-height:none;white-space:pre-wrap;border:0;padding:0;font-size:10px}
.drawing svg{max-width:100%;height:auto}tr{break-inside:avoid}}
"""
