# Assembled by Debian's smali (`smali assemble --api 28 rich.smali -o rich.dex`): what tests/smali.py
# does not write. Annotations, call sites, method handles, debug lines, every kind of constant.
.class public Lp/Rich;
.super Ljava/lang/Object;
.source "Rich.java"
.implements Ljava/lang/Runnable;

.annotation system Ldalvik/annotation/MemberClasses;
    value = { Lp/Rich$Inner; }
.end annotation
.annotation runtime Lp/Every;
    yes = true
    byte = 0x7ft
    short = -2s
    char = 'x'
    int = -70000
    long = 0x7fffffffffffffffL
    float = 1.5f
    double = -0.25
    text = "\u4f60\u597d\ud83d\ude00"
    nothing = null
    type = Ljava/util/List;
    method = Lp/Rich;->run()V
    enum = .enum Lp/Color;->RED:Lp/Color;
    list = { 1, 2, 3 }
    nested = .subannotation Lp/Small;
        value = "in"
    .end subannotation
.end annotation

.field public static final CHAR:C = 'A'
.field public static final FLAG:Z = true
.field public static final LONG:J = -5L
.field public static final RATIO:D = 2.5
.field public static final SMALL:F = 0.5f
.field public static final URL:Ljava/lang/String; = "https://example.test/v1"
.field public static plain:I
.field private body:Ljava/lang/String;
    .annotation runtime Lcom/google/gson/annotations/SerializedName;
        value = "phone_list"
    .end annotation
.end field

.method public constructor <init>()V
    .registers 1
    .line 10
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    .line 11
    return-void
.end method

.method public upload(Ljava/lang/String;I)V
    .registers 5
    .param p1
        .annotation runtime Lretrofit2/http/Field;
            value = "contacts"
        .end annotation
    .end param
    .annotation runtime Lretrofit2/http/POST;
        value = "user/contacts"
    .end annotation
    .line 20
    const-string v0, "x"
    .line 300
    const/4 v1, 0x1
    .line 15
    return-void
.end method

.method public run()V
    .registers 4
    :try_start
    .line 30
    const-method-handle v0, invoke-static@Lp/Rich;->target(Ljava/lang/String;)V
    const-method-type v1, (ILjava/lang/String;)V
    invoke-polymorphic {v0, v1}, Ljava/lang/invoke/MethodHandle;->invokeExact([Ljava/lang/Object;)Ljava/lang/Object;, (I)V
    :try_mid
    invoke-custom {v1}, lambda("apply", (Ljava/lang/String;)Ljava/lang/Runnable;, ()V, invoke-static@Lp/Rich;->target(Ljava/lang/String;)V, ()V, 7)@Ljava/lang/invoke/LambdaMetafactory;->metafactory(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodHandle;Ljava/lang/invoke/MethodType;)Ljava/lang/invoke/CallSite;
    move-result-object v2
    .line 31
    invoke-custom/range {v1 .. v1}, lambda("apply", (Ljava/lang/String;)Ljava/lang/Runnable;)@Lp/Rich;->link(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;)Ljava/lang/invoke/CallSite;
    invoke-virtual {v2}, Ljava/lang/Object;->hashCode()I
    :try_end
    return-void
    :catch
    move-exception v0
    :handler_end
    return-void
    :all
    move-exception v0
    throw v0
    .catch Ljava/io/IOException; {:try_start .. :try_mid} :catch
    .catchall {:try_start .. :try_mid} :all
    .catchall {:try_mid .. :try_end} :all
.end method

.method public static target(Ljava/lang/String;)V
    .registers 1
    return-void
.end method

.method public native hidden()V
.end method
