@echo off
rem Starts the zoetrope command on Windows: finds a JDK 25 or newer, builds what is missing, and
rem hands over to Java. Unlike the shell script beside it, it does not notice changed sources:
rem delete app\target, or set ZOETROPE_BUILD=always, to build again.
setlocal EnableExtensions DisableDelayedExpansion
set "HOME_DIR=%~dp0"
if "%HOME_DIR:~-1%"=="\" set "HOME_DIR=%HOME_DIR:~0,-1%"
set "TARGET=%HOME_DIR%\app\target"
set "JAR=%TARGET%\zoetrope.jar"
set "MODULE=app"
set "WANTED=%JAR%"
if /i "%~1"=="spark" set "MODULE=spark"
if /i "%~1"=="spark" set "WANTED=%HOME_DIR%\spark\target\zoetrope-spark.jar"
set "JDK="

if defined JAVA_HOME call :use "%JAVA_HOME%"
if not defined JDK for /f "delims=" %%J in ('where java 2^>nul') do if not defined JDK call :use "%%~dpJ.."
if not defined JDK for /d %%D in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk*" "%ProgramFiles%\Zulu\*" "%ProgramFiles%\Amazon Corretto\*" "%ProgramFiles%\BellSoft\*" "%LocalAppData%\Programs\Eclipse Adoptium\*" "%USERPROFILE%\.jdks\*" "%USERPROFILE%\scoop\apps\*jdk*") do if not defined JDK call :use "%%~fD"
if not defined JDK (
  echo zoetrope: needs a JDK 25 or newer and found none: install one, for instance with 'winget install EclipseAdoptium.Temurin.25.JDK', and set JAVA_HOME to it 1>&2
  exit /b 1
)

if /i "%ZOETROPE_BUILD%"=="always" goto build
if exist "%WANTED%" goto start

:build
where mvn >nul 2>nul
if errorlevel 1 (
  echo zoetrope: must be built once, and there is no Maven: install it from https://maven.apache.org and run this again 1>&2
  exit /b 1
)
echo zoetrope: building ^(first use^)... 1>&2
set "PROFILE="
if /i "%ZOETROPE_NATIVES%"=="cuda" set "PROFILE=-Pcuda"
if /i "%ZOETROPE_ONNX%"=="on" set "PROFILE=%PROFILE% -Ponnx"
if not exist "%TARGET%" mkdir "%TARGET%"
pushd "%HOME_DIR%"
set "CALLERS_JAVA_HOME=%JAVA_HOME%"
set "JAVA_HOME=%JDK%"
call mvn -q -B -ntp -Dmaven.test.skip=true -Dexamples=off %PROFILE% -pl %MODULE% -am package > "%TARGET%\build.log" 2>&1
set "RESULT=%ERRORLEVEL%"
set "JAVA_HOME=%CALLERS_JAVA_HOME%"
popd
if not "%RESULT%"=="0" (
  findstr /b /c:"[ERROR]" "%TARGET%\build.log" 1>&2
  echo zoetrope: the build failed; all of it is in %TARGET%\build.log 1>&2
  if exist "%JAR%" del "%JAR%"
  exit /b 1
)

:start
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
set "TIER=-XX:TieredStopAtLevel=1"
if /i "%~1"=="train" set "TIER="
if /i "%~1"=="evaluate" set "TIER="
if /i "%~1"=="toybox" set "TIER="
if /i "%~1"=="serve" set "TIER="
if /i "%~1"=="worker" set "TIER="
if /i "%~1"=="spark" goto spark
"%JDK%\bin\java.exe" -XX:+UseSerialGC -Xms48m -Xmx1g -XX:-UsePerfData %TIER% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 -Djava.awt.headless=true -Dai.djl.offline=true "-Dzoetrope.home=%HOME_DIR%" %ZOETROPE_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%

rem What follows the word: %* would have the word too.
:spark
if not defined SPARK_HOME set "SPARK_HOME=%HOME_DIR%\spark\target\spark-home"
if not defined SPARK_SCALA_VERSION set "SPARK_SCALA_VERSION=2.13"
set "WORDS=%*"
set "WORDS=%WORDS:~5%"
"%JDK%\bin\java.exe" -XX:+UseSerialGC -Xmx1g -XX:-UsePerfData --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 -Djava.awt.headless=true -Dai.djl.offline=true "-Dzoetrope.home=%HOME_DIR%" %ZOETROPE_JAVA_OPTS% -cp "%HOME_DIR%\spark\target\zoetrope-spark.jar;%HOME_DIR%\spark\target\lib\*;%SPARK_HOME%\jars\*" io.zoetrope.spark.SparkMain%WORDS%
exit /b %ERRORLEVEL%

rem Takes a JDK if it is 25 or newer, by its release file.
:use
if not exist "%~1\bin\java.exe" exit /b
if not exist "%~1\release" exit /b
for /f "tokens=2 delims==" %%V in ('findstr /b "JAVA_VERSION=" "%~1\release"') do for /f "tokens=1 delims=.-+" %%M in (%%V) do if %%M GEQ 25 set "JDK=%~f1"
exit /b
